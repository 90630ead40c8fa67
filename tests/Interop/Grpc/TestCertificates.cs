using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Interop;

/// <summary>A throw-away authority with one server and one client certificate, as PEM files in a folder.</summary>
internal sealed class TestCertificates
{
    public const string ClientIdentity = "spiffe://interop.example/trader/foreign";

    private readonly string _folder;

    public TestCertificates(string folder)
    {
        _folder = folder;
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Interop test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var authority = request.CreateSelfSigned(Start, End);
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());

        var serverNames = new SubjectAlternativeNameBuilder();
        serverNames.AddDnsName("localhost");
        serverNames.AddIpAddress(IPAddress.Loopback);
        Issue(authority, "server", serverNames, "1.3.6.1.5.5.7.3.1");

        var clientNames = new SubjectAlternativeNameBuilder();
        clientNames.AddUri(new Uri(ClientIdentity));
        Issue(authority, "client", clientNames, "1.3.6.1.5.5.7.3.2");
    }

    public string AuthorityFile => Path.Combine(_folder, "authority.pem");
    public string ServerFile => Path.Combine(_folder, "server.pem");
    public string ServerKeyFile => Path.Combine(_folder, "server.key");
    public string ClientFile => Path.Combine(_folder, "client.pem");
    public string ClientKeyFile => Path.Combine(_folder, "client.key");

    private static DateTimeOffset Start => TimeProvider.System.GetUtcNow().AddMinutes(-5);
    private static DateTimeOffset End => TimeProvider.System.GetUtcNow().AddHours(2);

    private void Issue(X509Certificate2 authority, string name, SubjectAlternativeNameBuilder names, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false)
        );
        using var certificate = request.Create(authority, Start, End.AddMinutes(-1), RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(Path.Combine(_folder, $"{name}.pem"), certificate.ExportCertificatePem());
        var keyFile = Path.Combine(_folder, $"{name}.key");
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
