using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>
/// Amounts in token units, as people write them: with 6 decimals 2500.5 is 2,500,500,000 base units. Every amount has one text: no sign, exponent or separator, no
/// leading zeros, and behind the point 1 to that many digits, the last of which is not 0.
/// </summary>
public static class TokenAmount
{
    /// <summary>Most decimals.</summary>
    public const int DecimalsMax = 36;

    /// <summary>Reads an amount in token units.</summary>
    /// <param name="text">The text.</param>
    /// <param name="decimals">Decimals of the token, 0 to <see cref="DecimalsMax"/>; with 0 the text is in base units.</param>
    /// <param name="amount">The amount in base units, or 0.</param>
    /// <returns>False for any other text, and above 2^256-1 base units.</returns>
    public static bool TryParse(string text, int decimals, out UInt256 amount)
    {
        amount = default;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? "" : text[(point + 1)..];
        if (!UInt256.TryParse(whole, out _) || (point >= 0 && (fraction.Length == 0 || fraction[^1] == '0')) || fraction.Length > decimals)
        {
            return false;
        }
        var digits = (whole + fraction.PadRight(decimals, '0')).TrimStart('0');
        return UInt256.TryParse(digits.Length == 0 ? "0" : digits, out amount);
    }

    /// <summary>Writes an amount of base units in token units.</summary>
    /// <param name="amount">Base units.</param>
    /// <param name="decimals">Decimals of the token, 0 to <see cref="DecimalsMax"/>; with 0 the text is in base units.</param>
    public static string Format(UInt256 amount, int decimals)
    {
        var digits = amount.ToString();
        if (decimals == 0)
        {
            return digits;
        }
        digits = digits.PadLeft(decimals + 1, '0');
        var fraction = digits[^decimals..].TrimEnd('0');
        return fraction.Length == 0 ? digits[..^decimals] : digits[..^decimals] + "." + fraction;
    }
}
