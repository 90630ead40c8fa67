namespace SessionSigner.Ethereum;

/// <summary>A type of the contract ABI, also used for the members of EIP-712 structs. A closed hierarchy of immutable values.</summary>
/// <remarks>fixed and ufixed are left out, for no compiler emits them, and so is function, which common libraries do not encode either.</remarks>
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

    /// <summary>Whether a value is exactly one word: uint, int, address, bool and bytes1 to bytes32.</summary>
    public virtual bool IsWord => false;

    /// <summary>Reads a type, for example "uint256", "bytes", "(address,uint256)[]". uint and int mean 256 bits. At most 16 levels and 4096 characters.</summary>
    public static bool TryParse(string text, out AbiType? type) => AbiTypeParser.TryParseType(text, out type, out _);

    /// <summary>Whether 32 bytes are the only encoding of a value of this type. False for types that are not one word.</summary>
    public virtual bool IsCanonicalWord(ReadOnlySpan<byte> word32) => false;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>uint8 to uint256.</summary>
    public sealed class Uint(int bits) : AbiType($"uint{bits}", isDynamic: false, WordSize)
    {
        /// <summary>8, 16, … 256.</summary>
        public int Bits { get; } = bits;

        /// <inheritdoc/>
        public override bool IsWord => true;

        /// <inheritdoc/>
        public override bool IsCanonicalWord(ReadOnlySpan<byte> word32) =>
            word32.Length == WordSize && !word32[..(WordSize - (Bits / 8))].ContainsAnyExcept((byte)0);
    }

    /// <summary>int8 to int256, two's complement.</summary>
    public sealed class Int(int bits) : AbiType($"int{bits}", isDynamic: false, WordSize)
    {
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

    /// <summary>bytes1 to bytes32.</summary>
    public sealed class FixedBytes(int length) : AbiType($"bytes{length}", isDynamic: false, WordSize)
    {
        /// <summary>1 to 32 bytes.</summary>
        public int Length { get; } = length;

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
