namespace SessionSigner.Ethereum;

/// <summary>A decoded value of an <see cref="AbiType"/>, in range for it. A closed hierarchy of immutable values.</summary>
public abstract class AbiValue
{
    private protected AbiValue() { }

    /// <summary>Value of uintN, or of ufixedMxN times 10^N.</summary>
    public sealed class Uint(UInt256 value) : AbiValue
    {
        /// <summary>The number.</summary>
        public UInt256 Value { get; } = value;

        /// <inheritdoc/>
        public override string ToString() => Value.ToString();
    }

    /// <summary>Value of intN, or of fixedMxN times 10^N.</summary>
    public sealed class Int(Int256 value) : AbiValue
    {
        /// <summary>The number.</summary>
        public Int256 Value { get; } = value;

        /// <inheritdoc/>
        public override string ToString() => Value.ToString();
    }

    /// <summary>Value of address.</summary>
    public sealed class AddressValue(Address value) : AbiValue
    {
        /// <summary>The address.</summary>
        public Address Value { get; } = value;

        /// <inheritdoc/>
        public override string ToString() => Value.ToString();
    }

    /// <summary>Value of bool.</summary>
    public sealed class Bool(bool value) : AbiValue
    {
        /// <summary>The truth value.</summary>
        public bool Value { get; } = value;

        /// <inheritdoc/>
        public override string ToString() => Value ? "true" : "false";
    }

    /// <summary>Value of bytesN, bytes or function.</summary>
    public sealed class Bytes(ReadOnlyMemory<byte> value) : AbiValue
    {
        /// <summary>The bytes; exactly N of them for bytesN, 24 for function.</summary>
        public ReadOnlyMemory<byte> Value { get; } = value;

        /// <inheritdoc/>
        public override string ToString() => "0x" + Convert.ToHexStringLower(Value.Span);
    }

    /// <summary>Value of string.</summary>
    public sealed class Text(string value) : AbiValue
    {
        /// <summary>The text; valid Unicode, otherwise anything (also NUL and control characters).</summary>
        public string Value { get; } = value;

        /// <inheritdoc/>
        public override string ToString() => Value;
    }

    /// <summary>Value of T[] or T[k].</summary>
    public sealed class Array(IReadOnlyList<AbiValue> items) : AbiValue
    {
        /// <summary>The items; exactly k of them for T[k].</summary>
        public IReadOnlyList<AbiValue> Items { get; } = items;
    }

    /// <summary>Value of a tuple or of a list of arguments.</summary>
    /// <param name="members">The places; shared with the type.</param>
    /// <param name="items">One value for each place.</param>
    public sealed class Tuple(IReadOnlyList<AbiParameter> members, IReadOnlyList<AbiValue> items) : AbiValue
    {
        /// <summary>Names and types of the items.</summary>
        public IReadOnlyList<AbiParameter> Members { get; } = members;

        /// <summary>One value for each member.</summary>
        public IReadOnlyList<AbiValue> Items { get; } = items;
    }
}
