using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Server;

/// <summary>Whom the daemon believes, as of one reading of the files. Immutable.</summary>
/// <param name="version">Grows with every reading that changed something.</param>
/// <param name="authorities">Certificates of the authorities.</param>
/// <param name="refused">SHA-256 fingerprints of refused certificates, lower-case hexadecimal.</param>
internal sealed class ClientTrust(int version, X509Certificate2Collection authorities, FrozenSet<string> refused)
{
    /// <summary>Grows with every change.</summary>
    public int Version { get; } = version;

    /// <summary>Certificates of the authorities.</summary>
    public X509Certificate2Collection Authorities { get; } = authorities;

    /// <summary>SHA-256 fingerprints of refused certificates, lower-case hexadecimal.</summary>
    public FrozenSet<string> Refused { get; } = refused;

    /// <summary>Whether this certificate is refused although it may be valid: its fingerprint is listed, or that of its signature's other form.</summary>
    public bool IsRefused(X509Certificate2 certificate) =>
        Refused.Count > 0
        && CertificateForms.All(certificate).Any(form => Refused.Contains(Convert.ToHexStringLower(SHA256.HashData(form))));

    /// <summary>Reads the authorities.</summary>
    /// <exception cref="CryptographicException">If the text holds no certificate.</exception>
    public static X509Certificate2Collection ParseAuthorities(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("There is no certificate in the client CA bundle.");
    }

    /// <summary>Reads the list of refused certificates, strictly.</summary>
    /// <exception cref="FormatException">If a line is something else: a list that is not understood must not be taken for an empty one.</exception>
    public static FrozenSet<string> ParseRefused(string text)
    {
        var list = RefusedList.Parse(text);
        return list.FaultyLines.Count == 0
            ? list.Fingerprints
            : throw new FormatException(
                $"{list.FaultyLinesText} of the list of refused certificates: not a SHA-256 fingerprint of 64 hexadecimal digits."
            );
    }
}
