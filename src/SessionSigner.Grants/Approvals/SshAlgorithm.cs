using System.Security.Cryptography;

namespace SessionSigner.Grants;

/// <summary>A kind of key that approves, and how its points and signatures are checked. A closed list: everything else is refused, RSA and certificates too.</summary>
internal sealed class SshAlgorithm
{
    private const string Ed25519Name = "ssh-ed25519";
    private const string SkEd25519Name = "sk-ssh-ed25519@openssh.com";
    private const string SkEcdsaName = "sk-ecdsa-sha2-nistp256@openssh.com";

    private static readonly SshAlgorithm[] s_all =
    [
        new() { Name = Ed25519Name },
        new() { Name = SkEd25519Name, IsSecurityKey = true },
        Ecdsa("nistp256", ECCurve.NamedCurves.nistP256, 32, HashAlgorithmName.SHA256),
        Ecdsa("nistp384", ECCurve.NamedCurves.nistP384, 48, HashAlgorithmName.SHA384),
        Ecdsa("nistp521", ECCurve.NamedCurves.nistP521, 66, HashAlgorithmName.SHA512),
        new()
        {
            Name = SkEcdsaName,
            IsSecurityKey = true,
            CurveName = "nistp256",
            Curve = ECCurve.NamedCurves.nistP256,
            FieldLength = 32,
            Hash = HashAlgorithmName.SHA256,
        },
    ];

    /// <summary>The names, for a fault.</summary>
    public static string Names { get; } = string.Join(", ", s_all.Select(algorithm => algorithm.Name));

    public required string Name { get; init; }

    /// <summary>Whether the private key is in an authenticator that signs a user's presence and a counter with every message.</summary>
    public bool IsSecurityKey { get; init; }

    /// <summary>Name of the curve in keys, or empty for Ed25519.</summary>
    public string CurveName { get; init; } = "";

    /// <summary>Length of a coordinate, or 0 for Ed25519.</summary>
    public int FieldLength { get; init; }

    private ECCurve Curve { get; init; }

    private HashAlgorithmName Hash { get; init; }

    public bool IsEd25519 => CurveName.Length == 0;

    /// <summary>Length of r and s together, or of R and S.</summary>
    public int SignatureLength => IsEd25519 ? Ed25519.SignatureLength : 2 * FieldLength;

    /// <summary>The algorithm of a name, or null.</summary>
    public static SshAlgorithm? Find(string name) => Array.Find(s_all, algorithm => algorithm.Name == name);

    /// <summary>Whether the bytes are the encoding of a point: 32 bytes for Ed25519, else SEC1 uncompressed on the curve.</summary>
    public bool IsPoint(ReadOnlySpan<byte> point)
    {
        if (IsEd25519)
        {
            return Ed25519.IsPublicKey(point);
        }
        using var key = OpenPoint(point);
        return key is not null;
    }

    /// <summary>Verifies a signature of <see cref="SignatureLength"/> bytes.</summary>
    public bool Verify(ReadOnlySpan<byte> point, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (IsEd25519)
        {
            return Ed25519.Verify(point, message, signature);
        }
        using var key = OpenPoint(point);
        return key is not null
            && signature.Length == SignatureLength
            && key.VerifyData(message, signature, Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static SshAlgorithm Ecdsa(string curveName, ECCurve curve, int fieldLength, HashAlgorithmName hash) =>
        new()
        {
            Name = "ecdsa-sha2-" + curveName,
            CurveName = curveName,
            Curve = curve,
            FieldLength = fieldLength,
            Hash = hash,
        };

    // The library refuses what is not on the curve.
    private ECDsa? OpenPoint(ReadOnlySpan<byte> point)
    {
        if (point.Length != 1 + (2 * FieldLength) || point[0] != 4)
        {
            return null;
        }
        try
        {
            return ECDsa.Create(
                new ECParameters
                {
                    Curve = Curve,
                    Q = new ECPoint { X = point[1..(1 + FieldLength)].ToArray(), Y = point[(1 + FieldLength)..].ToArray() },
                }
            );
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
