using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Server;

/// <summary>What came of checking a client certificate. The zero value refuses.</summary>
/// <param name="Identity">The identity, or null if refused.</param>
/// <param name="Fault">Why it was refused, for the log.</param>
/// <param name="NotAfter">When the first certificate of the chain ends, its authorities' among them.</param>
internal readonly record struct ClientCertificateResult(string? Identity, string Fault, DateTimeOffset NotAfter)
{
    /// <summary>True if the certificate proves an identity.</summary>
    public bool IsAccepted => Identity is not null;

    public static ClientCertificateResult Refuse(string fault) => new(null, fault, default);
}

/// <summary>
/// Decides whether a client certificate proves an identity: a chain to the configured authorities and nothing else, in force now, made for client
/// authentication, of sound keys and signatures, not refused, with exactly one URI. Never asks the network.
/// </summary>
internal static class ClientCertificateCheck
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const int RsaBitsMin = 2048;
    private const int SizeMax = 16_384;

    private static readonly HashSet<string> SoundSignatures = new(StringComparer.Ordinal)
    {
        "1.2.840.113549.1.1.11", // RSA with SHA-256
        "1.2.840.113549.1.1.12", // RSA with SHA-384
        "1.2.840.113549.1.1.13", // RSA with SHA-512
        "1.2.840.10045.4.3.2", // ECDSA with SHA-256
        "1.2.840.10045.4.3.3", // ECDSA with SHA-384
        "1.2.840.10045.4.3.4", // ECDSA with SHA-512
    };

    private static readonly HashSet<string> SoundCurves = new(StringComparer.Ordinal)
    {
        "1.2.840.10045.3.1.7", // P-256
        "1.3.132.0.34", // P-384
        "1.3.132.0.35", // P-521
    };

    /// <summary>Checks a certificate.</summary>
    /// <param name="certificate">The client's certificate.</param>
    /// <param name="intermediates">What the client sent beside it.</param>
    /// <param name="trust">The authorities and refusals in force.</param>
    /// <param name="now">The time to check validity at.</param>
    public static ClientCertificateResult Check(
        X509Certificate2? certificate,
        X509Certificate2Collection intermediates,
        ClientTrust trust,
        DateTimeOffset now
    )
    {
        if (certificate is null)
        {
            return ClientCertificateResult.Refuse("no certificate was presented");
        }
        if (certificate.RawDataMemory.Length > SizeMax)
        {
            return ClientCertificateResult.Refuse("the certificate is too large");
        }
        if (FindRefusal(certificate, trust) is { } refusal)
        {
            return ClientCertificateResult.Refuse(refusal);
        }
        if (FindLeafFault(certificate) is { } leafFault)
        {
            return ClientCertificateResult.Refuse(leafFault);
        }
        if (FindChainFault(certificate, intermediates, trust, now, out var notAfter) is { } chainFault)
        {
            return ClientCertificateResult.Refuse(chainFault);
        }
        return CertificateIdentity.TryRead(certificate, out var identity, out var fault)
            ? new ClientCertificateResult(identity, "", notAfter)
            : ClientCertificateResult.Refuse(fault);
    }

    private static string? FindRefusal(X509Certificate2 certificate, ClientTrust trust)
    {
        try
        {
            return trust.IsRefused(certificate) ? "the certificate is on the list of refused certificates" : null;
        }
        catch (CryptographicException)
        {
            return "the certificate's signature cannot be decoded";
        }
    }

    private static string? FindLeafFault(X509Certificate2 certificate)
    {
        var usages = certificate
            .Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(usage => usage.EnhancedKeyUsages.Cast<Oid>());
        if (!usages.Any(usage => usage.Value == ClientAuthentication))
        {
            return "the certificate is not made for client authentication";
        }
        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority))
        {
            return "the certificate is an authority's";
        }
        var keyUsage = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        return keyUsage is not null && !keyUsage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature)
            ? "the certificate's key may not make signatures"
            : null;
    }

    private static string? FindChainFault(
        X509Certificate2 certificate,
        X509Certificate2Collection intermediates,
        ClientTrust trust,
        DateTimeOffset now,
        out DateTimeOffset notAfter
    )
    {
        notAfter = DateTimeOffset.MaxValue;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trust.Authorities);
        chain.ChainPolicy.ExtraStore.AddRange(intermediates);
        // Revocation is the list of refused certificates: an online check would call out and could hang.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        try
        {
            if (!chain.Build(certificate))
            {
                var status = chain.ChainStatus.Select(status => status.Status).Distinct();
                return $"the chain does not hold: {string.Join(", ", status)}";
            }
            foreach (var element in chain.ChainElements)
            {
                var end = new DateTimeOffset(element.Certificate.NotAfter.ToUniversalTime());
                notAfter = end < notAfter ? end : notAfter;
                var isRoot = element == chain.ChainElements[^1];
                if (FindStrengthFault(element.Certificate, isRoot) is { } fault)
                {
                    return fault;
                }
                if (trust.IsRefused(element.Certificate))
                {
                    return "an authority in the chain is on the list of refused certificates";
                }
            }
            return null;
        }
        catch (CryptographicException)
        {
            return "the chain cannot be built";
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    private static string? FindStrengthFault(X509Certificate2 certificate, bool isRoot)
    {
        // The signature of a configured root is not what makes it trusted.
        if (!isRoot && !SoundSignatures.Contains(certificate.SignatureAlgorithm.Value ?? ""))
        {
            return $"signature algorithm {certificate.SignatureAlgorithm.Value} is not accepted";
        }
        using var rsa = certificate.GetRSAPublicKey();
        if (rsa is not null)
        {
            return rsa.KeySize < RsaBitsMin ? $"an RSA key of {rsa.KeySize} bits is too short" : null;
        }
        using var ecdsa = certificate.GetECDsaPublicKey();
        var curve = ecdsa?.ExportParameters(includePrivateParameters: false).Curve.Oid.Value;
        return curve is not null && SoundCurves.Contains(curve) ? null : "a key's algorithm is not accepted";
    }
}
