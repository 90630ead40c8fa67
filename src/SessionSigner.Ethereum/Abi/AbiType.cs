namespace SessionSigner.Ethereum;

/// <summary>A type of the contract ABI, also used for the members of EIP-712 structs. A closed hierarchy of immutable values.</summary>
/// <remarks>Types that hold nothing, T[0] and the empty tuple, are left out: no compiler emits them, and any number of them fits into no data.</remarks>
public abstract class AbiType
{
    /// <summary>Length in bytes of a word.</summary>
    public const int WordSize = 32;

    private protected AbiType(string name, bool isDynamic, int headBytes)
    {
        Name = name;
        IsDynamic = isDynamic;
        HeadBytes = headBytes;
    }

    /// <summary>Canonical name, as it enters a selector: no spaces, no names, no aliases.</summary>
    public string Name { get; }

    /// <summary>Whether a value's length depends on the value, so that the head holds an offset.</summary>
    public bool IsDynamic { get; }

    /// <summary>Bytes in the head: the whole value if static, one word if dynamic.</summary>
    public int HeadBytes { get; }

    /// <summary>Whether a value is exactly one word: uint, int, ufixed, fixed, address, bool, bytes1 to bytes32 and function.</summary>
    public virtual bool IsWord => false;

    /// <summary>Reads a type, for example "uint256", "bytes", "(address,uint256)[]". uint and int mean 256 bits, ufixed and fixed 128x18. At most 16 levels and 4096 characters.</summary>
    public static bool TryParse(string text, out AbiType? type) => AbiTypeParser.TryParseType(text, out type, out _);

    /// <summary>Whether 32 bytes are the only encoding of a value of this type. False for types that are not one word.</summary>
    public virtual bool IsCanonicalWord(ReadOnlySpan<byte> word32) => false;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>uint8 to uint256; with decimals ufixed8x1 to ufixed256x80.</summary>
    /// <remarks>SPEC: Contract ABI Specification "ufixed&lt;M&gt;x&lt;N&gt;: enc(X) is enc(X * 10**N) where X * 10**N is interpreted as a uint256". That integer is the value here.</remarks>
    public sealed class Uint(int bits, int decimals = 0)
        : AbiType(decimals == 0 ? $"uint{bits}" : $"ufixed{bits}x{decimals}", isDynamic: false, WordSize)
    {
        /// <summary>Decimals of a fixed-point number, 1 to 80; 0 for an integer.</summary>
        public int Decimals { get; } = decimals;

        /// <summary>8, 16, … 256.</summary>
        public int Bits { get; } = bits;

        /// <inheritdoc/>
        public override bool IsWord => true;

        /// <inheritdoc/>
        public override bool IsCanonicalWord(ReadOnlySpan<byte> word32) =>
            word32.Length == WordSize && !word32[..(WordSize - (Bits / 8))].ContainsAnyExcept((byte)0);
    }

    /// <summary>int8 to int256, two's complement; with decimals fixed8x1 to fixed256x80.</summary>
    /// <remarks>SPEC: Contract ABI Specification "fixed&lt;M&gt;x&lt;N&gt;: enc(X) is enc(X * 10**N) where X * 10**N is interpreted as a int256". That integer is the value here.</remarks>
    public sealed class Int(int bits, int decimals = 0)
        : AbiType(decimals == 0 ? $"int{bits}" : $"fixed{bits}x{decimals}", isDynamic: false, WordSize)
    {
        /// <summary>Decimals of a fixed-point number, 1 to 80; 0 for an integer.</summary>
        public int Decimals { get; } = decimals;

        /// <summary>8, 16, … 256.</summary>
        public int Bits { get; } = bits;

        /// <inheritdoc/>
        public override bool IsWord => true;

        /// <inheritdoc/>
        public override bool IsCanonicalWord(ReadOnlySpan<byte> word32)
        {
            if (word32.Length != WordSize)
            {
                return false;
            }
            var extension = WordSize - (Bits / 8);
            return !word32[..extension].ContainsAnyExcept((byte)(word32[extension] >= 0x80 ? 0xff : 0));
        }
    }

    /// <summary>address.</summary>
    public sealed class AddressType() : AbiType("address", isDynamic: false, WordSize)
    {
        /// <inheritdoc/>
        public override bool IsWord => true;

        /// <inheritdoc/>
        public override bool IsCanonicalWord(ReadOnlySpan<byte> word32) =>
            word32.Length == WordSize && !word32[..12].ContainsAnyExcept((byte)0);
    }

    /// <summary>bool.</summary>
    public sealed class Bool() : AbiType("bool", isDynamic: false, WordSize)
    {
        /// <inheritdoc/>
        public override bool IsWord => true;

        /// <inheritdoc/>
        public override bool IsCanonicalWord(ReadOnlySpan<byte> word32) =>
            word32.Length == WordSize && word32[31] <= 1 && !word32[..31].ContainsAnyExcept((byte)0);
    }

    /// <summary>bytes1 to bytes32, and function: the address (20 bytes) and the selector (4 bytes) of one, encoded as bytes24.</summary>
    public sealed class FixedBytes : AbiType
    {
        /// <summary>Length of a function's address and selector.</summary>
        public const int FunctionSize = Address.Size + AbiFunction.SelectorSize;

        /// <summary>bytes1 to bytes32.</summary>
        public FixedBytes(int length)
            : this($"bytes{length}", length) { }

        private FixedBytes(string name, int length)
            : base(name, isDynamic: false, WordSize) => Length = length;

        /// <summary>1 to 32 bytes.</summary>
        public int Length { get; }

        /// <summary>function.</summary>
        internal static FixedBytes Function() => new("function", FunctionSize);

        /// <inheritdoc/>
        public override bool IsWord => true;

        /// <inheritdoc/>
        public override bool IsCanonicalWord(ReadOnlySpan<byte> word32) =>
            word32.Length == WordSize && !word32[Length..].ContainsAnyExcept((byte)0);
    }

    /// <summary>bytes.</summary>
    public sealed class Bytes() : AbiType("bytes", isDynamic: true, WordSize);

    /// <summary>string.</summary>
    public sealed class Text() : AbiType("string", isDynamic: true, WordSize);

    /// <summary>T[] or T[k].</summary>
    public sealed class Array : AbiType
    {
        internal Array(AbiType element, int? length, int headBytes)
            : base($"{element.Name}[{length}]", length is null || element.IsDynamic, headBytes)
        {
            Element = element;
            Length = length;
        }

        /// <summary>Type of the items.</summary>
        public AbiType Element { get; }

        /// <summary>k of T[k], at least 1; null for T[].</summary>
        public int? Length { get; }
    }

    /// <summary>A tuple: a struct of Solidity, or a struct of EIP-712.</summary>
    public sealed class Tuple : AbiType
    {
        internal Tuple(IReadOnlyList<AbiParameter> members, bool isDynamic, int headBytes, TypedDataStruct? definition = null)
            : base(definition?.Name ?? $"({string.Join(',', members.Select(member => member.Type.Name))})", isDynamic, headBytes)
        {
            Members = members;
            Struct = definition;
        }

        /// <summary>Members in order. Names may be empty in an ABI, never in EIP-712.</summary>
        public IReadOnlyList<AbiParameter> Members { get; }

        /// <summary>The EIP-712 struct this stands for; null in an ABI.</summary>
        public TypedDataStruct? Struct { get; }
    }
}
