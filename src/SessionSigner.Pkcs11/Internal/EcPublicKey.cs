using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Pkcs11;

/// <summary>Reads CKA_EC_PARAMS and CKA_EC_POINT.</summary>
internal static class EcPublicKey
{
    private const int UncompressedSize = 65;

    private static ReadOnlySpan<byte> Secp256k1Oid => [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x0A];

    private static ReadOnlySpan<byte> P256Oid => [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

    public static ReadOnlySpan<byte> Parameters(Curve curve) =>
        curve switch
        {
            Curve.Secp256k1 => Secp256k1Oid,
            Curve.P256 => P256Oid,
            _ => throw new ArgumentOutOfRangeException(nameof(curve), "The curve is not stated."),
        };

    /// <returns>The key, or null if the curve is another or the point is not on it.</returns>
    public static PublicKey? TryParse(ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> point)
    {
        var curve =
            parameters.SequenceEqual(Secp256k1Oid) ? Curve.Secp256k1
            : parameters.SequenceEqual(P256Oid) ? Curve.P256
            : Curve.Unspecified;
        // Raw or inside a DER OCTET STRING, told apart by length alone: a raw point can begin like DER.
        var uncompressed65 = point.Length switch
        {
            UncompressedSize => point,
            UncompressedSize + 2 when point[0] == 0x04 && point[1] == UncompressedSize => point[2..],
            _ => [],
        };
        var compressed33 = new byte[33];
        var isOnCurve =
            uncompressed65.Length == UncompressedSize
            && curve switch
            {
                Curve.Secp256k1 => Secp256k1.TryCompress(uncompressed65, compressed33),
                Curve.P256 => P256.TryCompress(uncompressed65, compressed33),
                _ => false,
            };
        return isOnCurve ? new PublicKey(curve, compressed33) : null;
    }
}
