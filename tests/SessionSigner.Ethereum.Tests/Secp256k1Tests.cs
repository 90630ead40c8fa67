using System.Security.Cryptography;

namespace SessionSigner.Ethereum.Tests;

public class Secp256k1Tests
{
    private static readonly byte[] GroupOrder = Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");

    // The widely published RFC 6979 vector for secp256k1 with SHA-256: key 1, message "Satoshi Nakamoto".
    [Fact]
    public void Nonces_follow_RFC_6979()
    {
        var key = new byte[32];
        key[31] = 1;
        var digest = new Hash32(SHA256.HashData("Satoshi Nakamoto"u8));
        var signature = new byte[65];
        Assert.True(Secp256k1.TrySignRecoverable(key, digest, signature));
        Assert.Equal(
            "934B1EA10A4B3C1757E2B0C017D0B6143CE3C9A7E6A4A49860D7A6AB210EE3D82442CE9D2B916064108014783E923EC36B49743E2FFA1C4496F01A512AAFD9E5",
            Convert.ToHexString(signature.AsSpan(0, 64))
        );
    }

    [Fact]
    public void Signatures_recover_verify_and_have_a_low_s()
    {
        for (var round = 0; round < 200; round++)
        {
            var key = RandomNumberGenerator.GetBytes(32);
            var digest = new Hash32(RandomNumberGenerator.GetBytes(32));
            var publicKey = new byte[33];
            var signature = new byte[65];
            var recovered = new byte[33];
            Assert.True(Secp256k1.TryCreatePublicKey(key, publicKey));
            Assert.True(Secp256k1.TrySignRecoverable(key, digest, signature));
            Assert.True(Secp256k1.IsLowS(signature.AsSpan(0, 64)));
            Assert.True(Secp256k1.TryRecover(digest, signature, recovered));
            Assert.Equal(publicKey, recovered);
            Assert.True(Secp256k1.Verify(publicKey, digest, signature.AsSpan(0, 64)));

            var highS = WithNegatedS(signature);
            Assert.False(Secp256k1.IsLowS(highS.AsSpan(0, 64)));
            Assert.False(Secp256k1.Verify(publicKey, digest, highS.AsSpan(0, 64)));
            Secp256k1.NormalizeS(highS.AsSpan(0, 64));
            Assert.Equal(signature.AsSpan(0, 64).ToArray(), highS.AsSpan(0, 64).ToArray());

            signature[round % 64] ^= 1;
            Assert.False(Secp256k1.Verify(publicKey, digest, signature.AsSpan(0, 64)));
        }
    }

    [Fact]
    public void Scalars_outside_the_group_are_refused()
    {
        var digest = new Hash32(new byte[32]);
        foreach (var key in new[] { new byte[32], GroupOrder, Enumerable.Repeat((byte)0xff, 32).ToArray() })
        {
            Assert.False(Secp256k1.TryCreatePublicKey(key, new byte[33]));
            var signature = new byte[65];
            Assert.False(Secp256k1.TrySignRecoverable(key, digest, signature));
            Assert.All(signature, b => Assert.Equal(0, b));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(200)]
    [InlineData(65_536)]
    public void Digests_of_another_length_are_refused(int length) => Assert.Throws<ArgumentException>(() => new Hash32(new byte[length]));

    [Fact]
    public void Buffers_of_another_length_are_a_mistake()
    {
        var digest = new Hash32(new byte[32]);
        Assert.Throws<ArgumentException>(() => Secp256k1.TryCreatePublicKey(new byte[31], new byte[33]));
        Assert.Throws<ArgumentException>(() => Secp256k1.TrySignRecoverable(new byte[32], digest, new byte[64]));
        Assert.Throws<ArgumentException>(() => Secp256k1.TryRecover(digest, new byte[64], new byte[33]));
        Assert.Throws<ArgumentException>(() => Secp256k1.Verify(new byte[65], digest, new byte[64]));
        Assert.Throws<ArgumentException>(() => Secp256k1.NormalizeS(new byte[65]));
    }

    [Fact]
    public void Digests_of_all_zeros_and_above_the_group_order_sign_like_any_other()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var publicKey = new byte[33];
        Secp256k1.TryCreatePublicKey(key, publicKey);
        foreach (var bytes in new[] { new byte[32], GroupOrder, Enumerable.Repeat((byte)0xff, 32).ToArray() })
        {
            var signature = new byte[65];
            Assert.True(Secp256k1.TrySignRecoverable(key, new Hash32(bytes), signature));
            Assert.True(Secp256k1.Verify(publicKey, new Hash32(bytes), signature.AsSpan(0, 64)));
        }
    }

    [Fact]
    public void Points_convert_both_ways_and_nonsense_is_refused()
    {
        var compressed = new byte[33];
        var uncompressed = new byte[65];
        var back = new byte[33];
        Secp256k1.TryCreatePublicKey(RandomNumberGenerator.GetBytes(32), compressed);
        Assert.True(Secp256k1.TryDecompress(compressed, uncompressed));
        Assert.True(Secp256k1.TryCompress(uncompressed, back));
        Assert.Equal(compressed, back);

        var hybrid = uncompressed.ToArray();
        hybrid[0] = (byte)(6 + (uncompressed[64] & 1));
        Assert.False(Secp256k1.TryCompress(hybrid, back));
        var offCurve = uncompressed.ToArray();
        offCurve[64] ^= 1;
        Assert.False(Secp256k1.TryCompress(offCurve, back));
        compressed[0] = 5;
        Assert.False(Secp256k1.TryDecompress(compressed, uncompressed));
        Assert.False(Secp256k1.Verify(compressed, default, new byte[64]));
    }

    [Fact]
    public void Signatures_that_recover_no_key_are_refused()
    {
        var zero = new byte[65];
        Assert.False(Secp256k1.TryRecover(default, zero, new byte[33]));
        var signature = new byte[65];
        Secp256k1.TrySignRecoverable(RandomNumberGenerator.GetBytes(32), default, signature);
        foreach (byte recoveryId in new byte[] { 4, 27, 28, 255 })
        {
            signature[64] = recoveryId;
            Assert.False(Secp256k1.TryRecover(default, signature, new byte[33]));
        }
    }

    private static byte[] WithNegatedS(byte[] signature65)
    {
        var high = signature65.ToArray();
        var n = UInt256.FromBigEndian(GroupOrder);
        Assert.True(UInt256.TrySubtract(n, UInt256.FromBigEndian(high.AsSpan(32, 32)), out var negated));
        negated.WriteBigEndian(high.AsSpan(32, 32));
        high[64] ^= 1;
        return high;
    }
}
