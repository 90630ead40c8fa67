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
    public string CurveName => Curve switch
    {
        Curve.Secp256k1 => "secp256k1",
        Curve.P256 => "P-256",
        _ => throw new InvalidOperationException("The curve is not stated."),
    };

    /// <inheritdoc/>
    public bool Equals(PublicKey? other) => other is not null && Curve == other.Curve && Compressed.Span.SequenceEqual(other.Compressed.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => Compressed.Length == 33 ? new Hash32(Compressed.Span[1..]).GetHashCode() : 0;
}
