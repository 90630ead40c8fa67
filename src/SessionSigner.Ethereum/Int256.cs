namespace SessionSigner.Ethereum;

/// <summary>A signed 256-bit integer: an int word of the EVM. Carries order and text only; nothing here calculates with it.</summary>
public readonly record struct Int256 : IComparable<Int256>, ISpanFormattable
{
    private readonly UInt256 _word;

    private Int256(UInt256 word) => _word = word;

    /// <summary>Whether this is below 0.</summary>
    public bool IsNegative => _word.Bit(255);

    /// <summary>The distance to 0, up to 2^255.</summary>
    public UInt256 Magnitude => IsNegative ? UInt256.NegateWrapping(_word) : _word;

    /// <summary>Whether <paramref name="left"/> is smaller.</summary>
    public static bool operator <(Int256 left, Int256 right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is greater.</summary>
    public static bool operator >(Int256 left, Int256 right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is smaller or equal.</summary>
    public static bool operator <=(Int256 left, Int256 right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is greater or equal.</summary>
    public static bool operator >=(Int256 left, Int256 right) => left.CompareTo(right) >= 0;

    /// <summary>Reads a word in two's complement, big-endian.</summary>
    /// <param name="word32">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static Int256 FromBigEndian(ReadOnlySpan<byte> word32) =>
        word32.Length == UInt256.Size
            ? new Int256(UInt256.FromBigEndian(word32))
            : throw new ArgumentException("An Int256 has exactly 32 bytes.", nameof(word32));

    /// <summary>Joins sign and magnitude.</summary>
    /// <returns>False if the number does not fit 256 bits, and for a negative zero.</returns>
    public static bool TryCreate(bool isNegative, UInt256 magnitude, out Int256 value)
    {
        value = new Int256(isNegative ? UInt256.NegateWrapping(magnitude) : magnitude);
        if (value.IsNegative == isNegative)
        {
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>Reads a canonical decimal number: an optional minus sign, then as <see cref="UInt256.TryParse"/>; "-0" is refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> canonicalDecimal, out Int256 value)
    {
        value = default;
        var isNegative = canonicalDecimal.StartsWith('-');
        return UInt256.TryParse(isNegative ? canonicalDecimal[1..] : canonicalDecimal, out var magnitude)
            && TryCreate(isNegative, magnitude, out value);
    }

    /// <summary>Whether the number is in the range of intN.</summary>
    /// <param name="bits">N, 1 to 256.</param>
    public bool FitsBits(int bits) => (IsNegative ? UInt256.NotWrapping(_word) : _word).BitLength < bits;

    /// <summary>Writes 32 bytes, two's complement, big-endian.</summary>
    public void WriteBigEndian(Span<byte> destination32) => _word.WriteBigEndian(destination32);

    /// <inheritdoc/>
    public int CompareTo(Int256 other) =>
        IsNegative == other.IsNegative ? _word.CompareTo(other._word) : other.IsNegative.CompareTo(IsNegative);

    /// <summary>Decimal digits, with a minus sign if negative.</summary>
    public override string ToString() => IsNegative ? "-" + Magnitude.ToString() : Magnitude.ToString();

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        var text = ToString();
        charsWritten = text.TryCopyTo(destination) ? text.Length : 0;
        return charsWritten != 0;
    }
}
