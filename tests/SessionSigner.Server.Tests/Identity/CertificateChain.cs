using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SessionSigner.Server.Tests;

/// <summary>What is odd about a chain; the defaults make a good one.</summary>
internal sealed record ChainPlan
{
    /// <summary>The only host whose URIs the intermediate authority may name.</summary>
    public string? PermittedHost { get; init; }

    /// <summary>Bytes of an extension that nobody knows.</summary>
    public int ExtraBytes { get; init; }

    /// <summary>Whether the client's certificate is signed with SHA-1.</summary>
    public bool IsSha1 { get; init; }

    /// <summary>Days that the client's certificate has left.</summary>
    public int LeafDays { get; init; } = 1;

    /// <summary>Days that the intermediate authority has left.</summary>
    public int IntermediateDays { get; init; } = 1;

    /// <summary>Days that the root has left.</summary>
    public int RootDays { get; init; } = 2;

    /// <summary>Whether the root signs the client's certificate itself.</summary>
    public bool IsShort { get; init; }
}

/// <summary>A root, an authority under it, and a client's certificate with its key.</summary>
internal sealed class CertificateChain : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public CertificateChain(ChainPlan plan, DateTimeOffset now)
    {
        Root = Request("CN=root", [s_authority]).CreateSelfSigned(now.AddDays(-2), now.AddDays(plan.RootDays));
        var between = Request("CN=between", plan.PermittedHost is null ? [s_authority] : [s_authority, Permit(plan.PermittedHost)]);
        var sound = X509SignatureGenerator.CreateForECDsa(_key);
        Intermediate = between.Create(Root.SubjectName, sound, now.AddDays(-1), now.AddDays(plan.IntermediateDays), [1]);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(TestServer.Trader));
        var leaf = Request(
            "CN=client",
            [new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false), names.Build(), .. Extra(plan.ExtraBytes)]
        );
        var generator = plan.IsSha1 ? new Sha1Signatures(_key) : sound;
        using var client = leaf.Create(
            (plan.IsShort ? Root : Intermediate).SubjectName,
            generator,
            now.AddHours(-1),
            now.AddDays(plan.LeafDays),
            [2]
        );
        Client = client.CopyWithPrivateKey(_key);
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Intermediate { get; }

    public X509Certificate2 Client { get; }

    private static readonly X509Extension s_authority = new X509BasicConstraintsExtension(true, false, 0, true);

    public void Dispose()
    {
        Root.Dispose();
        Intermediate.Dispose();
        Client.Dispose();
        _key.Dispose();
    }

    private CertificateRequest Request(string subject, IEnumerable<X509Extension> extensions)
    {
        var request = new CertificateRequest(subject, _key, HashAlgorithmName.SHA256);
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }
        return request;
    }

    // SPEC: RFC 5280, 4.2.1.10: permittedSubtrees [0], a uniformResourceIdentifier [6].
    private static X509Extension Permit(string permittedHost)
    {
        var host = Encoding.ASCII.GetBytes(permittedHost);
        byte[] name = [0x86, (byte)host.Length, .. host];
        byte[] subtree = [0x30, (byte)name.Length, .. name];
        byte[] permitted = [0xA0, (byte)subtree.Length, .. subtree];
        return new X509Extension("2.5.29.30", [0x30, (byte)permitted.Length, .. permitted], critical: true);
    }

    private static X509Extension[] Extra(int bytes) =>
        bytes == 0
            ? []
            : [new X509Extension("1.2.3.4.5", [0x04, 0x82, (byte)(bytes >> 8), (byte)(bytes & 0xFF), .. new byte[bytes]], critical: false)];

    // The library no longer makes such signatures by itself.
    private sealed class Sha1Signatures(ECDsa key) : X509SignatureGenerator
    {
        // SPEC: RFC 3279, 2.2.3: ecdsa-with-SHA1.
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            Convert.FromHexString("300906072a8648ce3d0401");

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
            key.SignData(data, HashAlgorithmName.SHA1, DSASignatureFormat.Rfc3279DerSequence);

        protected override PublicKey BuildPublicKey() => CreateForECDsa(key).PublicKey;
    }
}
