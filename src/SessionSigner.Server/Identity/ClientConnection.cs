using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Server;

/// <summary>
/// One connection with the identity its certificate proved. The proof is made again on every call and every second: a certificate that has
/// expired, or whose authority has or is no longer accepted, or that is refused, loses its open connections and streams too. Thread safe.
/// </summary>
internal sealed class ClientConnection
{
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _intermediates;
    private readonly TlsMaterial _material;
    private readonly TimeProvider _clock;
    private volatile Proof _proof;

    /// <param name="result">What the check of the certificate gave; accepted.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="intermediates">What the client sent beside it.</param>
    /// <param name="provedVersion">Version of the trust that it was checked against.</param>
    /// <param name="material">The trust in force.</param>
    /// <param name="clock">The time.</param>
    public ClientConnection(
        ClientCertificateResult result,
        X509Certificate2 certificate,
        X509Certificate2Collection intermediates,
        int provedVersion,
        TlsMaterial material,
        TimeProvider clock
    )
    {
        Identity = result.Identity ?? throw new ArgumentException("The certificate was refused.", nameof(result));
        _certificate = certificate;
        _intermediates = intermediates;
        _proof = new Proof(provedVersion, result.NotAfter);
        _material = material;
        _clock = clock;
    }

    /// <summary>The URI of the certificate.</summary>
    public string Identity { get; }

    /// <summary>Whether the certificate would still be accepted.</summary>
    public bool IsStillProved()
    {
        var now = _clock.GetUtcNow();
        var trust = _material.Trust;
        var proof = _proof;
        if (trust.Version == proof.Version && now < proof.NotAfter)
        {
            return true;
        }
        // Another chain may lead to an authority that is still good.
        var result = ClientCertificateCheck.Check(_certificate, _intermediates, trust, now);
        if (result.Identity != Identity)
        {
            return false;
        }
        _proof = new Proof(trust.Version, result.NotAfter);
        return true;
    }

    /// <param name="Version">Version of the trust that was asked.</param>
    /// <param name="NotAfter">When a certificate of the chain ends.</param>
    private sealed record Proof(int Version, DateTimeOffset NotAfter);
}
