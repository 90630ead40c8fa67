using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Pkcs11.Tests;

/// <summary>Points are read raw or in DER, by exact length, and must be on the curve that the parameters name.</summary>
public class EcPublicKeyTests
{
    private static byte[] Point()
    {
        var point = new byte[65];
        Assert.True(Secp256k1.TryDecompress(Some.SessionKey().Compressed.Span, point));
        return point;
    }

    [Fact]
    public void Raw_and_DER_give_the_same_key()
    {
        var parameters = EcPublicKey.Parameters(Curve.Secp256k1);
        Assert.Equal(Some.SessionKey(), EcPublicKey.TryParse(parameters, Point()));
        Assert.Equal(Some.SessionKey(), EcPublicKey.TryParse(parameters, [0x04, 65, .. Point()]));
    }

    [Fact]
    public void Everything_else_is_refused()
    {
        var k1 = EcPublicKey.Parameters(Curve.Secp256k1).ToArray();
        var offCurve = Point();
        offCurve[64] ^= 1;
        Assert.Null(EcPublicKey.TryParse(k1, offCurve));
        Assert.Null(EcPublicKey.TryParse(EcPublicKey.Parameters(Curve.P256), Point()));
        Assert.Null(EcPublicKey.TryParse([0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22], Point()));
        Assert.Null(EcPublicKey.TryParse([], Point()));
        foreach (
            var point in new byte[][]
            {
                [],
                Point()[1..],
                Point()[..64],
                [.. Point(), 0],
                [0x03, 66, 0, .. Point()],
                [0x05, 65, .. Point()],
                [0x04, 64, .. Point()],
                [0x06, .. Point()[1..]],
                new byte[65],
            }
        )
        {
            Assert.Null(EcPublicKey.TryParse(k1, point));
        }
    }
}
