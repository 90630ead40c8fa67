using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Server;

/// <summary>
/// A local certificate authority for a trial or a test: P-256, made here, its key in a file. A desk uses its own authority instead and points
/// tls.client_ca at it.
/// </summary>
internal sealed class TrialAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _root;
    private readonly DateTimeOffset _from;

    private TrialAuthority(X509Certificate2 root, DateTimeOffset from)
    {
        _root = root;
        _from = from;
    }

    /// <summary>The root certificate as PEM.</summary>
    public string RootPem => _root.ExportCertificatePem();

    /// <summary>The root's private key as PEM; a secret.</summary>
    public string RootKeyPem()
    {
        using var key = _root.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>Makes a root that is in force from five minutes ago for ten years.</summary>
    public static TrialAuthority Create(string name, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var from = clock.GetUtcNow() - TimeSpan.FromMinutes(5);
        return new TrialAuthority(request.CreateSelfSigned(from, from.AddYears(10)), from);
    }

    /// <summary>Issues a server certificate for names and addresses.</summary>
    public (string CertificatePem, string KeyPem) IssueServer(IEnumerable<string> dnsNames, IEnumerable<System.Net.IPAddress> addresses)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in dnsNames)
        {
            names.AddDnsName(name);
        }
        foreach (var address in addresses)
        {
            names.AddIpAddress(address);
        }
        return Issue("CN=sessionsignerd", names, ServerAuthentication);
    }

    /// <summary>Issues a client certificate whose identity is a URI.</summary>
    public (string CertificatePem, string KeyPem) IssueClient(string identity)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(identity));
        return Issue("CN=client", names, ClientAuthentication);
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    private (string CertificatePem, string KeyPem) Issue(string subject, SubjectAlternativeNameBuilder names, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], true));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
                _root.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single()
            )
        );
        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        serial[0] &= 0x7f;
        using var certificate = request.Create(_root, _from, _from.AddYears(1), serial);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
