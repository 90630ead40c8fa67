using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// Reads operands by the type of the argument they are compared with. An operand that the type cannot hold is a fault: the rule would not say what
/// its author meant.
/// </summary>
internal static class OperandReader
{
    private const int StringSizeMax = 4_096;

    /// <summary>Reads an operand of a one-word type into the word that values are compared with.</summary>
    public static UInt256? Word(JsonItem operand, AbiType type, string path, FaultList faults)
    {
        var text = (operand as JsonItem.Text)?.Value;
        UInt256? word = type switch
        {
            AbiType.Uint number => text is not null && UInt256.TryParse(text, out var value) && value.BitLength <= number.Bits
                ? value
                : null,
            AbiType.Int number => text is not null && Int256.TryParse(text, out var value) && value.FitsBits(number.Bits)
                ? OrderedWord(value)
                : null,
            AbiType.AddressType => text is not null && Address.TryParseChecksummed(text, out var value) ? ArgumentWordOf(value) : null,
            AbiType.Bool => operand is JsonItem.Boolean { Value: var flag } ? (flag ? UInt256.One : UInt256.Zero) : null,
            AbiType.FixedBytes bytes => Parsing.Bytes(operand) is { } value && value.Length == bytes.Length ? LeftAligned(value) : null,
            _ => null,
        };
        if (word is null)
        {
            faults.Add(path, Rule(type));
        }
        return word;
    }

    /// <summary>Reads an operand of type bytes or string.</summary>
    public static byte[]? String(JsonItem operand, AbiType type, string path, FaultList faults)
    {
        var bytes = type switch
        {
            AbiType.Bytes => Parsing.Bytes(operand),
            AbiType.Text => operand is JsonItem.Text { Value: var text } ? Encoding.UTF8.GetBytes(text) : null,
            _ => null,
        };
        if (bytes is { Length: <= StringSizeMax })
        {
            return bytes;
        }
        faults.Add(path, Rule(type));
        return null;
    }

    private static string Rule(AbiType type) =>
        type switch
        {
            AbiType.Uint { Decimals: > 0 and var decimals } => ScaledRule(type, decimals),
            AbiType.Int { Decimals: > 0 and var decimals } => ScaledRule(type, decimals),
            AbiType.Uint or AbiType.Int => $"Must be a decimal string that {type.Name} can hold, without leading zeros.",
            AbiType.AddressType => "Must be an address with its EIP-55 checksum.",
            AbiType.Bool => "Must be true or false.",
            AbiType.FixedBytes bytes => $"Must be {bytes.Length} bytes as lower-case hexadecimal digits after 0x.",
            AbiType.Bytes => "Must be at most 4096 bytes as lower-case hexadecimal digits after 0x.",
            AbiType.Text => "Must be a string of at most 4096 bytes.",
            _ => $"A {type.Name} cannot be compared; name one of its members or elements.",
        };

    private static string ScaledRule(AbiType type, int decimals) =>
        $"Must be the number times 10^{decimals}, as a decimal string without leading zeros, and {type.Name} must be able to hold it.";

    private static UInt256 OrderedWord(Int256 value)
    {
        Span<byte> bytes = stackalloc byte[UInt256.Size];
        value.WriteBigEndian(bytes);
        return CompiledComparison.FlipSign(UInt256.FromBigEndian(bytes));
    }

    private static UInt256 ArgumentWordOf(Address value)
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        value.CopyTo(bytes);
        return UInt256.FromBigEndian(bytes);
    }

    private static UInt256 LeftAligned(byte[] value)
    {
        Span<byte> bytes = stackalloc byte[UInt256.Size];
        bytes.Clear();
        value.CopyTo(bytes);
        return UInt256.FromBigEndian(bytes);
    }
}
