using System.Globalization;
using System.Numerics;
using FsCheck.Xunit;

namespace SessionSigner.Ethereum.Tests;

[Properties(Arbitrary = [typeof(UInt256Tests.Generators)], MaxTest = 500)]
public class Int256Tests
{
    [Property]
    public bool Words_agree_with_BigInteger(UInt256 word)
    {
        var bytes = new byte[32];
        word.WriteBigEndian(bytes);
        var value = Int256.FromBigEndian(bytes);
        var expected = new BigInteger(bytes, isUnsigned: false, isBigEndian: true);
        var back = new byte[32];
        value.WriteBigEndian(back);
        return ToBig(value) == expected
            && value.ToString() == expected.ToString(CultureInfo.InvariantCulture)
            && Int256.TryParse(value.ToString(), out var read)
            && read == value
            && back.AsSpan().SequenceEqual(bytes);
    }

    [Property]
    public bool Order_agrees_with_BigInteger(UInt256 a, UInt256 b)
    {
        var (left, right) = (FromWord(a), FromWord(b));
        return Math.Sign(left.CompareTo(right)) == ToBig(left).CompareTo(ToBig(right)) && (left < right) == (ToBig(left) < ToBig(right));
    }

    [Property]
    public bool Ranges_agree_with_BigInteger(UInt256 word, byte width)
    {
        var bits = (width % 32 * 8) + 8;
        var value = FromWord(word);
        var bound = BigInteger.One << (bits - 1);
        return value.FitsBits(bits) == (ToBig(value) >= -bound && ToBig(value) < bound);
    }

    [Property]
    public bool Sign_and_magnitude_join_or_do_not_fit(bool isNegative, UInt256 magnitude)
    {
        var expected = isNegative ? -UInt256Tests.ToBig(magnitude) : UInt256Tests.ToBig(magnitude);
        var bound = BigInteger.One << 255;
        var fits = expected >= -bound && expected < bound && !(isNegative && magnitude.IsZero);
        return Int256.TryCreate(isNegative, magnitude, out var value) == fits && ToBig(value) == (fits ? expected : 0);
    }

    [Theory]
    [InlineData("-0")]
    [InlineData("-")]
    [InlineData("--1")]
    [InlineData("-01")]
    [InlineData("+1")]
    [InlineData("\u22121")] // the mathematical minus sign
    [InlineData("57896044618658097711785492504343953926634992332820282019728792003956564819968")] // 2^255
    [InlineData("-57896044618658097711785492504343953926634992332820282019728792003956564819969")]
    public void Text_that_is_not_canonical_is_refused(string text) => Assert.False(Int256.TryParse(text, out _));

    private static Int256 FromWord(UInt256 word)
    {
        var bytes = new byte[32];
        word.WriteBigEndian(bytes);
        return Int256.FromBigEndian(bytes);
    }

    private static BigInteger ToBig(Int256 value) => (value.IsNegative ? -1 : 1) * UInt256Tests.ToBig(value.Magnitude);
}
