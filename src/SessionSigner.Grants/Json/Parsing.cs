using System.Buffers;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>Reads single values from JSON strings. Every value has one accepted text, so equal values give equal canonical JSON.</summary>
public static class Parsing
{
    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Rule for names.</summary>
    public const string NameRule = "Must be 1 to 64 characters of a-z, 0-9, - and _.";

    /// <summary>Whether a text is a name: 1 to 64 characters of a-z, 0-9, - and _.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    /// <summary>Whether a text is printable ASCII of the length.</summary>
    public static bool IsPrintable(string text, int lengthMin, int lengthMax) =>
        text.Length >= lengthMin && text.Length <= lengthMax && text.All(c => c is >= ' ' and <= '~');

    /// <summary>An unsigned amount: a decimal string without sign or leading zeros, at most 2^256-1.</summary>
    public static UInt256? Amount(JsonItem? item, string path, FaultList faults)
    {
        if (item is JsonItem.Text { Value: var text } && UInt256.TryParse(text, out var value))
        {
            return value;
        }
        return Refuse<UInt256>(item, path, "Must be a decimal string from 0 to 2^256-1 without sign or leading zeros.", faults);
    }

    /// <summary>A chain identifier: an amount above 0.</summary>
    public static UInt256? ChainId(JsonItem? item, string path, FaultList faults)
    {
        if (item is JsonItem.Text { Value: var text } && UInt256.TryParse(text, out var value) && !value.IsZero)
        {
            return value;
        }
        return Refuse<UInt256>(item, path, "Must be a chain identifier: a decimal string from 1 to 2^256-1 without leading zeros.", faults);
    }

    /// <summary>An address with its EIP-55 checksum.</summary>
    public static Address? Address(JsonItem? item, string path, FaultList faults)
    {
        if (item is JsonItem.Text { Value: var text } && Ethereum.Address.TryParseChecksummed(text, out var value))
        {
            return value;
        }
        return Refuse<Address>(item, path, "Must be an address with its EIP-55 checksum.", faults);
    }

    /// <summary>A 32-byte value: 0x and 64 lower-case hexadecimal digits.</summary>
    public static Hash32? Hash(JsonItem? item, string path, FaultList faults)
    {
        if (Bytes(item) is { Length: Hash32.Size } bytes)
        {
            return new Hash32(bytes);
        }
        return Refuse<Hash32>(item, path, "Must be 0x and 64 lower-case hexadecimal digits.", faults);
    }

    /// <summary>Bytes as 0x and pairs of lower-case hexadecimal digits, or null.</summary>
    public static byte[]? Bytes(JsonItem? item) => item is JsonItem.Text { Value: var text } ? Bytes(text) : null;

    /// <summary>Bytes as 0x and pairs of lower-case hexadecimal digits, or null.</summary>
    public static byte[]? Bytes(string text)
    {
        if (text.Length % 2 != 0 || !text.StartsWith("0x", StringComparison.Ordinal) || text.AsSpan(2).ContainsAnyExcept(s_hexDigits))
        {
            return null;
        }
        return Convert.FromHexString(text.AsSpan(2));
    }

    /// <summary>0x and pairs of lower-case hexadecimal digits.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    private static T? Refuse<T>(JsonItem? item, string path, string rule, FaultList faults)
        where T : struct
    {
        // A missing member has been reported as missing.
        if (item is not null)
        {
            faults.Add(path, rule);
        }
        return null;
    }
}
