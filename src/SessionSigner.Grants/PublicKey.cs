using System.Diagnostics.CodeAnalysis;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>An elliptic curve that a key may be on. The zero value is no curve.</summary>
public enum Curve
{
    /// <summary>Not stated; refused everywhere.</summary>
    Unspecified = 0,

    /// <summary>secp256k1.</summary>
    Secp256k1 = 1,

    /// <summary>NIST P-256 (secp256r1).</summary>
    P256 = 2,
}

/// <summary>A public key: its curve and its point in SEC1 compressed form. The point is on the curve; whoever makes one has checked it.</summary>
/// <param name="Curve">The curve.</param>
/// <param name="Compressed">33 bytes.</param>
public sealed record PublicKey(Curve Curve, ReadOnlyMemory<byte> Compressed)
{
    /// <summary>Name of the curve in grants and on the wire: "secp256k1" or "P-256".</summary>
    public string CurveName =>
        Curve switch
        {
            Curve.Secp256k1 => "secp256k1",
            Curve.P256 => "P-256",
            _ => throw new InvalidOperationException("The curve is not stated."),
        };

    /// <summary>Reads a point: 33 bytes, SEC1 compressed, on the curve.</summary>
    /// <param name="curve">The curve.</param>
    /// <param name="compressed33">The point; copied.</param>
    /// <param name="key">The key.</param>
    /// <returns>False for any other length, a point that is not on the curve, or a curve that is not stated.</returns>
    public static bool TryCreate(Curve curve, ReadOnlySpan<byte> compressed33, [NotNullWhen(true)] out PublicKey? key)
    {
        Span<byte> uncompressed65 = stackalloc byte[65];
        var isPoint = curve switch
        {
            Curve.Secp256k1 => compressed33.Length == 33 && Secp256k1.TryDecompress(compressed33, uncompressed65),
            Curve.P256 => P256.TryDecompress(compressed33, uncompressed65),
            _ => false,
        };
        key = isPoint ? new PublicKey(curve, compressed33.ToArray()) : null;
        return isPoint;
    }

    /// <summary>The curve of a name; <see cref="Curve.Unspecified"/> for any other text.</summary>
    public static Curve ParseCurve(string name) =>
        name switch
        {
            "secp256k1" => Curve.Secp256k1,
            "P-256" => Curve.P256,
            _ => Curve.Unspecified,
        };

    /// <inheritdoc/>
    public bool Equals(PublicKey? other) =>
        other is not null && Curve == other.Curve && Compressed.Span.SequenceEqual(other.Compressed.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => Compressed.Length == 33 ? new Hash32(Compressed.Span[1..]).GetHashCode() : 0;
}
