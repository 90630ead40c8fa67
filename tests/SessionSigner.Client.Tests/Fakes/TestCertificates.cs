using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Client.Tests;

/// <summary>A certificate authority with a server and client certificates, as PEM files in a temporary folder.</summary>
public sealed class TestCertificates : IDisposable
{
    public const string Identity = "spiffe://desk.example/trader/alice";

    private static readonly Oid s_serverUsage = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid s_clientUsage = new("1.3.6.1.5.5.7.3.2");
    private readonly X509Certificate2 _authority;

    public TestCertificates()
    {
        Folder = Directory.CreateTempSubdirectory("sessionsigner-test-").FullName;
        _authority = CreateAuthority();
        CaFile = Write("ca.pem", _authority.ExportCertificatePem());
        Server = CreateLeaf("server", s_serverUsage, san => san.AddDnsName("localhost"));
        using var client = CreateLeaf("client", s_clientUsage, san => san.AddUri(new Uri(Identity)));
        CertificateFile = Write("client.pem", client.ExportCertificatePem());
        KeyFile = Write("client.key", client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    public string Folder { get; }

    public string CaFile { get; }

    public string CertificateFile { get; }

    public string KeyFile { get; }

    public X509Certificate2 Server { get; }

    public X509Certificate2 Authority => _authority;

    public string Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    public void Dispose()
    {
        _authority.Dispose();
        Server.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static X509Certificate2 CreateAuthority()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private X509Certificate2 CreateLeaf(string name, Oid usage, Action<SubjectAlternativeNameBuilder> addName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([usage], false));
        var names = new SubjectAlternativeNameBuilder();
        addName(names);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(
            _authority,
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1),
            RandomNumberGenerator.GetBytes(16)
        );
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
