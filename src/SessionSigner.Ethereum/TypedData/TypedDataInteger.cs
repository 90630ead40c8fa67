namespace SessionSigner.Ethereum;

/// <summary>The spellings of integers in typed-data JSON. Each spelling has one value, and nothing is rounded.</summary>
internal static class TypedDataInteger
{
    public const string Accepted = " as decimal string, 0x string or JSON integer below 2^53";

    // Beyond 2^53 - 1 JSON readers that use doubles see another number.
    private const ulong JsonIntegerMax = (1UL << 53) - 1;

    /// <param name="text">Digits, or 0x and hexadecimal digits if <paramref name="isString"/>; no leading zeros.</param>
    /// <param name="isString">Whether it was a JSON string, not a JSON number.</param>
    /// <param name="value">The number.</param>
    public static bool TryParseUnsigned(ReadOnlySpan<char> text, bool isString, out UInt256 value) =>
        isString && text.StartsWith("0x")
            ? UInt256.TryParseHex(text, allowLeadingZeros: false, out value)
            : UInt256.TryParse(text, out value) && (isString || value <= JsonIntegerMax);

    /// <summary>As <see cref="TryParseUnsigned"/>, and with a minus sign before decimal digits.</summary>
    public static bool TryParseSigned(ReadOnlySpan<char> text, bool isString, out Int256 value)
    {
        if (text.StartsWith('-'))
        {
            return Int256.TryParse(text, out value) && (isString || value.Magnitude <= JsonIntegerMax);
        }
        value = default;
        return TryParseUnsigned(text, isString, out var magnitude) && Int256.TryCreate(isNegative: false, magnitude, out value);
    }
}
