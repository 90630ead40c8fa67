namespace SessionSigner.Ethereum;

public readonly partial record struct UInt256
{
    private const ulong TenToThe19 = 10_000_000_000_000_000_000;
    private const int DecimalDigitsMax = 78;

    /// <summary>Reads a canonical decimal number.</summary>
    /// <param name="canonicalDecimal">"0", or digits without a leading zero, sign, space or separator, at most 2^256 - 1.</param>
    /// <param name="value">The number, or 0.</param>
    public static bool TryParse(ReadOnlySpan<char> canonicalDecimal, out UInt256 value)
    {
        value = default;
        if (
            canonicalDecimal.IsEmpty
            || canonicalDecimal.Length > DecimalDigitsMax
            || (canonicalDecimal[0] == '0' && canonicalDecimal.Length > 1)
        )
        {
            return false;
        }
        UInt256 result = default;
        foreach (var character in canonicalDecimal)
        {
            if (!char.IsAsciiDigit(character) || !TryAppendDigit(result, (uint)(character - '0'), out result))
            {
                return false;
            }
        }
        value = result;
        return true;
    }

    /// <summary>Reads 0x and 1 to 64 hexadecimal digits of either case. Leading zeros are allowed only if <paramref name="allowLeadingZeros"/>.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> text, bool allowLeadingZeros, out UInt256 value)
    {
        value = default;
        if (text.Length is < 3 or > 66 || text[0] != '0' || text[1] != 'x' || (text[2] == '0' && text.Length > 3 && !allowLeadingZeros))
        {
            return false;
        }
        Span<char> padded = stackalloc char[64];
        padded.Fill('0');
        text[2..].CopyTo(padded[(66 - text.Length)..]);
        Span<byte> word = stackalloc byte[Size];
        if (Convert.FromHexString(padded, word, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }
        value = FromWord(word);
        return true;
    }

    /// <summary>Decimal digits.</summary>
    public override string ToString()
    {
        Span<char> digits = stackalloc char[DecimalDigitsMax];
        return new string(digits[FormatFromEnd(digits)..]);
    }

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        Span<char> digits = stackalloc char[DecimalDigitsMax];
        var text = digits[FormatFromEnd(digits)..];
        charsWritten = text.TryCopyTo(destination) ? text.Length : 0;
        return charsWritten != 0;
    }

    private static bool TryAppendDigit(UInt256 value, uint digit, out UInt256 result)
    {
        UInt128 sum = digit;
        var w0 = NextWord(ref sum, value._w0);
        var w1 = NextWord(ref sum, value._w1);
        var w2 = NextWord(ref sum, value._w2);
        var w3 = NextWord(ref sum, value._w3);
        result = new UInt256(w0, w1, w2, w3);
        return sum == UInt128.Zero;
    }

    private static ulong NextWord(ref UInt128 carry, ulong word)
    {
        var sum = (new UInt128(0, word) * 10) + carry;
        carry = sum >> 64;
        return unchecked((ulong)sum);
    }

    // Fills from the end; returns where the first digit is.
    private int FormatFromEnd(Span<char> digits)
    {
        var start = digits.Length;
        var rest = this;
        do
        {
            rest = rest.DivideByTenToThe19(out var chunk);
            var chunkStart = start;
            do
            {
                digits[--start] = (char)('0' + (int)(chunk % 10));
                chunk /= 10;
            } while (chunk != 0);
            while (!rest.IsZero && chunkStart - start < 19)
            {
                digits[--start] = '0';
            }
        } while (!rest.IsZero);
        return start;
    }

    private UInt256 DivideByTenToThe19(out ulong remainder)
    {
        var w3 = DivideWord(0, _w3, out remainder);
        var w2 = DivideWord(remainder, _w2, out remainder);
        var w1 = DivideWord(remainder, _w1, out remainder);
        var w0 = DivideWord(remainder, _w0, out remainder);
        return new UInt256(w0, w1, w2, w3);
    }

    private static ulong DivideWord(ulong high, ulong low, out ulong remainder)
    {
        // high < 10^19, so the quotient fits one word.
        var (quotient, rest) = UInt128.DivRem(new UInt128(high, low), TenToThe19);
        remainder = (ulong)rest;
        return (ulong)quotient;
    }
}
