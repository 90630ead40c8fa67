using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Interop;

/// <summary>A throw-away authority that issues server and client certificates as PEM files into a folder.</summary>
public sealed class TestCertificates : IDisposable
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly string _folder;
    private readonly X509Certificate2 _authority;

    /// <param name="folder">Where the files go; it must exist.</param>
    public TestCertificates(string folder)
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(Start, End);
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem() + "\n");

        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        Issue("server", names, ServerUsage);
    }

    public string AuthorityFile => CertificateFile("authority");

    public string CertificateFile(string name) => Path.Combine(_folder, $"{name}.pem");

    public string KeyFile(string name) => Path.Combine(_folder, $"{name}.key");

    /// <summary>Issues a client certificate whose identity is one URI.</summary>
    public void IssueClient(string name, string identity)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(identity));
        Issue(name, names, ClientUsage);
    }

    public void Dispose() => _authority.Dispose();

    private static DateTimeOffset Start => TimeProvider.System.GetUtcNow().AddMinutes(-5);
    private static DateTimeOffset End => TimeProvider.System.GetUtcNow().AddHours(2);

    private void Issue(string name, SubjectAlternativeNameBuilder names, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, true, false));
        using var certificate = request.Create(_authority, Start, End.AddMinutes(-1), RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(CertificateFile(name), certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(KeyFile(name), key.ExportPkcs8PrivateKeyPem() + "\n");
        File.SetUnixFileMode(KeyFile(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
