using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace SessionSigner.Ethereum.Tests;

public class AbiDecoderTests
{
    // SPEC: Contract ABI Specification, "Use of Dynamic Types": f(uint256,uint32[],bytes10,bytes) with (0x123, [0x456, 0x789], "1234567890", "Hello, world!").
    private const string SpecificationExample =
        "0000000000000000000000000000000000000000000000000000000000000123"
        + "0000000000000000000000000000000000000000000000000000000000000080"
        + "3132333435363738393000000000000000000000000000000000000000000000"
        + "00000000000000000000000000000000000000000000000000000000000000e0"
        + "0000000000000000000000000000000000000000000000000000000000000002"
        + "0000000000000000000000000000000000000000000000000000000000000456"
        + "0000000000000000000000000000000000000000000000000000000000000789"
        + "000000000000000000000000000000000000000000000000000000000000000d"
        + "48656c6c6f2c20776f726c642100000000000000000000000000000000000000";

    // The same document: g(uint256[][],string[]) with ([[1, 2], [3]], ["one", "two", "three"]).
    private const string NestedExample =
        "0000000000000000000000000000000000000000000000000000000000000040"
        + "0000000000000000000000000000000000000000000000000000000000000140"
        + "0000000000000000000000000000000000000000000000000000000000000002"
        + "0000000000000000000000000000000000000000000000000000000000000040"
        + "00000000000000000000000000000000000000000000000000000000000000a0"
        + "0000000000000000000000000000000000000000000000000000000000000002"
        + "0000000000000000000000000000000000000000000000000000000000000001"
        + "0000000000000000000000000000000000000000000000000000000000000002"
        + "0000000000000000000000000000000000000000000000000000000000000001"
        + "0000000000000000000000000000000000000000000000000000000000000003"
        + "0000000000000000000000000000000000000000000000000000000000000003"
        + "0000000000000000000000000000000000000000000000000000000000000060"
        + "00000000000000000000000000000000000000000000000000000000000000a0"
        + "00000000000000000000000000000000000000000000000000000000000000e0"
        + "0000000000000000000000000000000000000000000000000000000000000003"
        + "6f6e650000000000000000000000000000000000000000000000000000000000"
        + "0000000000000000000000000000000000000000000000000000000000000003"
        + "74776f0000000000000000000000000000000000000000000000000000000000"
        + "0000000000000000000000000000000000000000000000000000000000000005"
        + "7468726565000000000000000000000000000000000000000000000000000000";

    [Fact]
    public void Examples_of_the_specification()
    {
        var values = Decode("f(uint256 a, uint32[] b, bytes10 c, bytes d)", SpecificationExample);
        Assert.Equal("291", values.Items[0].ToString());
        Assert.Equal(["1110", "1929"], Assert.IsType<AbiValue.Array>(values.Items[1]).Items.Select(item => item.ToString()!));
        Assert.Equal("1234567890"u8.ToArray(), Assert.IsType<AbiValue.Bytes>(values.Items[2]).Value.ToArray());
        Assert.Equal("Hello, world!"u8.ToArray(), Assert.IsType<AbiValue.Bytes>(values.Items[3]).Value.ToArray());
        Assert.Equal(SpecificationExample, Convert.ToHexStringLower(AbiEncoding.Encode(values)));

        var nested = Decode("g(uint256[][] a, string[] b)", NestedExample);
        Assert.Equal(["one", "two", "three"], Assert.IsType<AbiValue.Array>(nested.Items[1]).Items.Select(item => item.ToString()!));
        Assert.Equal(NestedExample, Convert.ToHexStringLower(AbiEncoding.Encode(nested)));
    }

    private const string W0 = "0000000000000000000000000000000000000000000000000000000000000000";
    private const string W1 = "0000000000000000000000000000000000000000000000000000000000000001";
    private const string W20 = "0000000000000000000000000000000000000000000000000000000000000020";
    private const string W40 = "0000000000000000000000000000000000000000000000000000000000000040";
    private const string Ff = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    [Theory]
    [InlineData("f(uint8 a)", "0000000000000000000000000000000000000000000000000000000000000100", "a: the word is no uint8")]
    [InlineData("f(int8 a)", "0000000000000000000000000000000000000000000000000000000000000080", "a: the word is no int8")]
    [InlineData("f(int8 a)", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "a: the word is no int8")]
    [InlineData("f(bool a)", "0000000000000000000000000000000000000000000000000000000000000002", "a: the word is no bool")]
    [InlineData("f(bool a)", "8000000000000000000000000000000000000000000000000000000000000001", "a: the word is no bool")]
    [InlineData("f(address a)", "000000000000000000000001bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "a: the word is no address")]
    [InlineData("f(bytes4 a)", "a9059cbb00000000000000000000000000000000000000000000000000000001", "a: the word is no bytes4")]
    [InlineData("f(ufixed8x2 a)", "0000000000000000000000000000000000000000000000000000000000000100", "a: the word is no ufixed8x2")]
    [InlineData("f(ufixed a)", "0000000000000000000000000000000100000000000000000000000000000000", "a: the word is no ufixed128x18")]
    [InlineData("f(fixed a)", "0000000000000000000000000000000080000000000000000000000000000000", "a: the word is no fixed128x18")]
    [InlineData("f(function a)", "a0b86991c6218b36c1d19d4a2e9eb0ce3606eb48a9059cbb0000000000000001", "a: the word is no function")]
    [InlineData("f(uint256 a)", "", "a: the data ends here")]
    [InlineData("f(uint256 a)", "00", "a: the data ends here")]
    [InlineData("f(uint256 a)", W0 + "00", "bytes follow the last argument")]
    [InlineData("f(uint256 a)", W0 + W0, "bytes follow the last argument")]
    [InlineData("f()", "00", "bytes follow the last argument")]
    [InlineData("f(bytes a)", W40 + W0 + W0, "a: the offset is not the canonical one")] // a gap
    [InlineData("f(bytes a)", W0 + W0, "a: the offset is not the canonical one")] // points at itself
    [InlineData("f(bytes a)", Ff + W0, "a: the offset is not the canonical one")]
    [InlineData("f(bytes a, bytes b)", W40 + W40 + W0, "b: the offset is not the canonical one")] // both share one tail
    [InlineData("f(bytes a)", W20 + Ff, "a: the length is out of range")]
    [InlineData("f(bytes a)", W20 + W1, "a: the data ends inside the bytes")]
    [InlineData("f(bytes a)", W20 + W1 + "00", "a: the data ends inside the bytes")] // not padded to a word
    [InlineData("f(bytes a)", W20 + W1 + W1, "a: the padding is not zero")]
    [InlineData("f(string a)", W20 + W1 + "ff00000000000000000000000000000000000000000000000000000000000000", "a: the text is not UTF-8")]
    [InlineData("f(uint256[] a)", W20 + W1, "a: the data ends inside the array")]
    [InlineData("f(uint256[] a)", W20 + W40, "a: the data ends inside the array")]
    [InlineData("f(uint8[2] a)", W0 + "00000000000000000000000000000000000000000000000000000000000001ff", "a[1]: the word is no uint8")]
    [InlineData("f((bool[] x)[] a)", W20 + W1 + W20 + W20 + W1 + W40, "a[0].x[0]: the word is no bool")]
    [InlineData("f((bool, uint8) a, bool b)", W0 + Ff + W0, "a.1: the word is no uint8")]
    public void Any_other_encoding_is_refused_with_the_place(string signature, string hex, string expected)
    {
        Assert.True(AbiFunction.TryParse(signature, out var function, out _));
        Assert.False(AbiDecoder.TryDecode(function!.Inputs, Convert.FromHexString(hex), out var values, out var fault));
        Assert.Null(values);
        Assert.Equal(expected, fault);
    }

    // No foreign encoder knows fixed-point numbers or functions. SPEC: Contract ABI Specification, "Formal Specification of the Encoding":
    // "fixed<M>x<N>: enc(X) is enc(X * 10**N) where X * 10**N is interpreted as a int256"; "Types": "function: an address (20 bytes) followed by a
    // function selector (4 bytes). Encoded identical to bytes24". The numbers are worked out by hand.
    [Theory]
    [InlineData("fixed", "00000000000000000000000000000000000000000000000014d1120d7b160000", "1500000000000000000")] // 1.5
    [InlineData("fixed128x18", "ffffffffffffffffffffffffffffffffffffffffffffffffdd4e373edd860000", "-2500000000000000000")] // -2.5
    [InlineData("fixed8x1", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff80", "-128")] // -12.8
    [InlineData("ufixed", "00000000000000000000000000000000ffffffffffffffffffffffffffffffff", "340282366920938463463374607431768211455")]
    [InlineData("ufixed256x80", Ff, "115792089237316195423570985008687907853269984665640564039457584007913129639935")]
    [InlineData(
        "function",
        "a0b86991c6218b36c1d19d4a2e9eb0ce3606eb48a9059cbb0000000000000000",
        "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48a9059cbb"
    )]
    public void Fixed_point_numbers_are_their_scaled_integers_and_functions_their_24_bytes(string type, string hex, string expected)
    {
        var values = Decode($"f({type} a)", hex);
        Assert.Equal(expected, values.Items[0].ToString());
        Assert.Equal(hex, Convert.ToHexStringLower(AbiEncoding.Encode(values)));
        Assert.True(AbiFunction.TryParse($"f({type} a)", out var function, out _));
        Assert.True(function!.StaticLayout!.IsCanonical(Convert.FromHexString(hex)));
    }

    [Fact]
    public void Signed_numbers_keep_their_sign()
    {
        var values = Decode(
            "f(int8 a, int256 b, int16 c)",
            Ff + "80" + new string('0', 62) + "000000000000000000000000000000000000000000000000000000000000007f"
        );
        Assert.Equal("-1", values.Items[0].ToString());
        Assert.Equal("-57896044618658097711785492504343953926634992332820282019728792003956564819968", values.Items[1].ToString());
        Assert.Equal("127", values.Items[2].ToString());
        Assert.True(Assert.IsType<AbiValue.Int>(values.Items[1]).Value < Assert.IsType<AbiValue.Int>(values.Items[0]).Value);
    }

    private static readonly string[] Signatures =
    [
        "f(uint256 a, address b)",
        "f(bytes a)",
        "f(bytes[] a, string b)",
        "f((bytes x, uint8[2][] y)[] a)",
        "f(string[2][] a, (bool, (int8, bytes4)) b)",
        "f((bytes a, (string[] x, bool y)[2] b)[] c, uint8 d)",
        "f(fixed8x2[] a, (ufixed b, function c)[2][] d)",
    ];

    [Property(MaxTest = 1000)]
    public Property Random_words_never_throw_and_what_decodes_encodes_to_the_same_bytes()
    {
        // Small words make offsets and lengths plausible, so that decoding gets far.
        var word = Gen.OneOf(Gen.Choose(0, 12).Select(n => n * 32), Gen.Choose(0, 4), Gen.Constant(0))
            .Select(n => Convert.FromHexString(n.ToString("x64")));
        var data =
            from count in Gen.Choose(0, 24)
            from words in Gen.ArrayOf(word, count)
            from odd in Gen.Frequency((9, Gen.Constant(0)), (1, Gen.Choose(1, 31)))
            select words.SelectMany(bytes => bytes).Concat(new byte[odd]).ToArray();
        return Prop.ForAll(
            Arb.From(data),
            bytes =>
                Signatures.All(signature =>
                {
                    Assert.True(AbiFunction.TryParse(signature, out var function, out _));
                    return !AbiDecoder.TryDecode(function!.Inputs, bytes, out var values, out _)
                        || AbiEncoding.Encode(values!).AsSpan().SequenceEqual(bytes);
                })
        );
    }

    private static AbiValue.Tuple Decode(string signature, string hex)
    {
        Assert.True(AbiFunction.TryParse(signature, out var function, out var signatureFault), signatureFault);
        Assert.True(AbiDecoder.TryDecode(function!.Inputs, Convert.FromHexString(hex), out var values, out var fault), fault);
        return values!;
    }
}
