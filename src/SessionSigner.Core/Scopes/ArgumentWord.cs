using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Values of one-word types as 256-bit words, as they stand in calldata.</summary>
internal static class ArgumentWord
{
    /// <summary>The word of a value of a one-word type.</summary>
    /// <returns>False for any other value.</returns>
    public static bool TryRead(AbiValue value, AbiType type, out UInt256 word)
    {
        Span<byte> bytes = stackalloc byte[UInt256.Size];
        bytes.Clear();
        switch (value)
        {
            case AbiValue.Uint number when type is AbiType.Uint:
                word = number.Value;
                return true;
            case AbiValue.Int number when type is AbiType.Int:
                number.Value.WriteBigEndian(bytes);
                break;
            case AbiValue.AddressValue address when type is AbiType.AddressType:
                address.Value.CopyTo(bytes[(UInt256.Size - Address.Size)..]);
                break;
            case AbiValue.Bool flag when type is AbiType.Bool:
                bytes[UInt256.Size - 1] = flag.Value ? (byte)1 : (byte)0;
                break;
            case AbiValue.Bytes text when type is AbiType.FixedBytes fixedBytes && text.Value.Length == fixedBytes.Length:
                text.Value.Span.CopyTo(bytes);
                break;
            default:
                word = default;
                return false;
        }
        word = UInt256.FromBigEndian(bytes);
        return true;
    }

    /// <summary>A word for people, by its type.</summary>
    public static string Show(UInt256 word, AbiType type)
    {
        Span<byte> bytes = stackalloc byte[UInt256.Size];
        word.WriteBigEndian(bytes);
        return type switch
        {
            AbiType.Uint => word.ToString(),
            AbiType.Int => Int256.FromBigEndian(bytes).ToString(),
            AbiType.AddressType => new Address(bytes[(UInt256.Size - Address.Size)..]).ToString(),
            AbiType.Bool => word.IsZero ? "false" : "true",
            AbiType.FixedBytes fixedBytes => "0x" + Convert.ToHexStringLower(bytes[..fixedBytes.Length]),
            _ => "",
        };
    }
}
