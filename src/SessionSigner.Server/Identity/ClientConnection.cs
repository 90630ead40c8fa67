using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Server;

/// <summary>
/// One connection with the identity its certificate proved. The proof is made again on every call and every second: a certificate that has
/// expired, or whose authority or fingerprint is no longer accepted, loses its open connections and streams too. Thread safe.
/// </summary>
internal sealed class ClientConnection
{
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _intermediates;
    private readonly DateTimeOffset _notAfter;
    private readonly TlsMaterial _material;
    private readonly TimeProvider _clock;
    private volatile int _provedVersion;

    public ClientConnection(
        string identity,
        X509Certificate2 certificate,
        X509Certificate2Collection intermediates,
        int provedVersion,
        TlsMaterial material,
        TimeProvider clock
    )
    {
        Identity = identity;
        _certificate = certificate;
        _intermediates = intermediates;
        _notAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);
        _provedVersion = provedVersion;
        _material = material;
        _clock = clock;
    }

    /// <summary>The URI of the certificate.</summary>
    public string Identity { get; }

    /// <summary>Whether the certificate would still be accepted.</summary>
    public bool IsStillProved()
    {
        var now = _clock.GetUtcNow();
        if (now >= _notAfter)
        {
            return false;
        }
        var trust = _material.Trust;
        if (trust.Version == _provedVersion)
        {
            return true;
        }
        if (ClientCertificateCheck.Check(_certificate, _intermediates, trust, now).Identity != Identity)
        {
            return false;
        }
        _provedVersion = trust.Version;
        return true;
    }
}
