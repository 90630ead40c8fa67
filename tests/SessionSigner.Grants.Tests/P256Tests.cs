using System.Security.Cryptography;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants.Tests;

public class P256Tests
{
    [Fact]
    public void Points_of_generated_keys_survive_compression()
    {
        for (var i = 0; i < 50; i++)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var point = key.ExportParameters(false).Q;
            byte[] uncompressed = [4, .. point.X!, .. point.Y!];
            var compressed = new byte[33];
            var again = new byte[65];
            Assert.True(P256.TryCompress(uncompressed, compressed));
            Assert.True(P256.TryDecompress(compressed, again));
            Assert.Equal(uncompressed, again);
            uncompressed[64] ^= 1;
            Assert.False(P256.TryCompress(uncompressed, compressed));
        }
    }

    [Theory]
    [InlineData("02")]
    [InlineData("0400000000000000000000000000000000000000000000000000000000000000ff")]
    [InlineData("02ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")]
    [InlineData("02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("020000000000000000000000000000000000000000000000000000000000000001")]
    public void Refuses_what_is_no_point(string hex) => Assert.False(P256.TryDecompress(Convert.FromHexString(hex), new byte[65]));

    [Fact]
    public void Verifies_and_refuses_signatures()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = Samples.P256Key(key);
        var hash = Keccak256.Hash("message"u8);
        for (var i = 0; i < 20; i++)
        {
            var signature = key.SignHash(hash.ToArray());
            P256.NormalizeS(signature);
            Assert.True(P256.IsLowS(signature));
            Assert.True(P256.Verify(publicKey.Compressed.Span, hash, signature));
            Assert.False(P256.Verify(publicKey.Compressed.Span, Keccak256.Hash("other"u8), signature));
            Assert.False(P256.Verify(publicKey.Compressed.Span, hash, signature.AsSpan(0, 63)));
            signature[i] ^= 4;
            Assert.False(P256.Verify(publicKey.Compressed.Span, hash, signature));
        }
        Assert.False(P256.Verify(publicKey.Compressed.Span, hash, new byte[64]));
    }
}
