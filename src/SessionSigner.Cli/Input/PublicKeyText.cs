using SessionSigner.Grants;

namespace SessionSigner.Cli;

/// <summary>A public key as text: "secp256k1:0x" or "P-256:0x" and the 33 bytes of its compressed form.</summary>
internal static class PublicKeyText
{
    public static PublicKey Parse(string text)
    {
        var colon = text.IndexOf(':');
        var curve = colon < 0 ? "" : text[..colon];
        var hex = colon < 0 ? "" : text[(colon + 1)..];
        var compressed = new byte[33];
        var isHex =
            hex.Length == 68
            && hex.StartsWith("0x", StringComparison.Ordinal)
            && Convert.FromHexString(hex.AsSpan(2), compressed, out _, out _) == System.Buffers.OperationStatus.Done
            && compressed[0] is 2 or 3;
        return (curve, isHex) switch
        {
            ("secp256k1", true) => new PublicKey(Curve.Secp256k1, compressed),
            ("P-256", true) => new PublicKey(Curve.P256, compressed),
            _ => throw new UsageException(
                "A primary key is written secp256k1:0x… or P-256:0x… with the 33 bytes of its compressed form, as 'sessionsigner custody' shows it."
            ),
        };
    }

    public static string Format(string curve, ReadOnlySpan<byte> compressed) => $"{curve}:0x{Convert.ToHexStringLower(compressed)}";
}
