using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace SessionSigner.Ethereum.Tests;

[Properties(Arbitrary = [typeof(Generators)], MaxTest = 500)]
public class UInt256Tests
{
    private static readonly BigInteger Modulus = BigInteger.One << 256;

    [Property]
    public bool Addition_agrees_with_BigInteger_or_reports_overflow(UInt256 a, UInt256 b)
    {
        var expected = ToBig(a) + ToBig(b);
        return UInt256.TryAdd(a, b, out var sum) ? ToBig(sum) == expected : expected >= Modulus && sum.IsZero;
    }

    [Property]
    public bool Subtraction_agrees_with_BigInteger_or_reports_underflow(UInt256 a, UInt256 b)
    {
        var expected = ToBig(a) - ToBig(b);
        return UInt256.TrySubtract(a, b, out var difference) ? ToBig(difference) == expected : expected < 0 && difference.IsZero;
    }

    [Property]
    public bool Multiplication_agrees_with_BigInteger_or_reports_overflow(UInt256 a, UInt256 b)
    {
        var expected = ToBig(a) * ToBig(b);
        return UInt256.TryMultiply(a, b, out var product) ? ToBig(product) == expected : expected >= Modulus && product.IsZero;
    }

    [Property]
    public bool Order_agrees_with_BigInteger(UInt256 a, UInt256 b) =>
        a.CompareTo(b) == ToBig(a).CompareTo(ToBig(b))
        && (a < b) == (ToBig(a) < ToBig(b))
        && (a >= b) == (ToBig(a) >= ToBig(b))
        && (a == b) == (ToBig(a) == ToBig(b));

    [Property]
    public bool Decimal_text_agrees_with_BigInteger_and_reads_back(UInt256 a)
    {
        var text = a.ToString();
        return text == ToBig(a).ToString(CultureInfo.InvariantCulture) && UInt256.TryParse(text, out var read) && read == a;
    }

    [Property]
    public bool Bytes_read_back(UInt256 a)
    {
        Span<byte> bytes = stackalloc byte[32];
        a.WriteBigEndian(bytes);
        return UInt256.FromBigEndian(bytes) == a
            && UInt256.FromBigEndian(bytes[(32 - a.ByteLength)..]) == a
            && a.BitLength == (int)ToBig(a).GetBitLength();
    }

    [Property]
    public bool Text_wider_than_256_bits_is_refused(UInt256 a) =>
        !UInt256.TryParse((ToBig(a) + Modulus).ToString(CultureInfo.InvariantCulture), out var value) && value.IsZero;

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1e3")]
    [InlineData("1.0")]
    [InlineData("0x1")]
    [InlineData("1_000")]
    [InlineData("NaN")]
    [InlineData("\u0661")] // an Arabic-Indic digit
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639936")] // 2^256
    [InlineData("999999999999999999999999999999999999999999999999999999999999999999999999999999")]
    [InlineData("1157920892373161954235709850086879078532699846656405640394575840079131296399350")]
    public void Text_that_is_not_canonical_is_refused(string text)
    {
        Assert.False(UInt256.TryParse(text, out var value));
        Assert.True(value.IsZero);
    }

    [Theory]
    [InlineData("0x", false)]
    [InlineData("0x01", false)]
    [InlineData("0x0", true)]
    [InlineData("0xfF", true)]
    [InlineData("0Xff", false)]
    [InlineData("0xfg", false)]
    [InlineData("0x10000000000000000000000000000000000000000000000000000000000000000", false)]
    public void Hexadecimal_text_is_strict(string text, bool accepted) =>
        Assert.Equal(accepted, UInt256.TryParseHex(text, allowLeadingZeros: false, out _));

    [Fact]
    public void More_than_32_bytes_is_a_mistake() => Assert.Throws<ArgumentException>(() => UInt256.FromBigEndian(new byte[33]));

    internal static BigInteger ToBig(UInt256 value)
    {
        var bytes = new byte[32];
        value.WriteBigEndian(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    public static class Generators
    {
        // Random width first, so that small numbers, word borders and full-width numbers all occur.
        public static Arbitrary<UInt256> Any()
        {
            var random =
                from length in Gen.Choose(0, 32)
                from bytes in Gen.ArrayOf(Gen.Choose(0, 255).Select(b => (byte)b), length)
                select UInt256.FromBigEndian(bytes);
            var border =
                from shift in Gen.Choose(0, 255)
                from offset in Gen.Choose(-1, 1)
                select UInt256.FromBigEndian(((BigInteger.One << shift) + offset).ToByteArray(isUnsigned: true, isBigEndian: true));
            return Arb.From(Gen.OneOf(random, border, Gen.Constant(UInt256.MaxValue)));
        }
    }
}
