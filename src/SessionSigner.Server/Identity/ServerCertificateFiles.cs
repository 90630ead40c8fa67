using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Server;

/// <summary>The server's certificate and its key. Not thread safe.</summary>
internal sealed class ServerCertificateFiles(TlsSection options, ILogger logger)
{
    private readonly WatchedFile _certificate = new(options.Certificate, FileChecks.FindTrustFault, logger);
    private readonly WatchedFile _key = new(options.PrivateKey, FileChecks.FindSecretFault, logger);

    /// <summary>Reads them for the first time.</summary>
    /// <exception cref="CryptographicException">They do not hold what they should, or do not fit together.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public SslStreamCertificateContext Read() => Parse(_certificate.Read(), _key.Read());

    /// <summary>Reads them again.</summary>
    /// <returns>The new pair; null if it is the same, or not yet one: a file is written after the other.</returns>
    public SslStreamCertificateContext? ReadAgain()
    {
        try
        {
            var certificate = _certificate.ReadAgain();
            var key = _key.ReadAgain();
            if (!certificate.IsChanged && !key.IsChanged)
            {
                _key.ForgetFault();
                return null;
            }
            var context = Parse(certificate.Text, key.Text);
            _certificate.Accept();
            _key.Accept();
            return context;
        }
        catch (Exception exception)
        {
            _key.Report($"with {options.Certificate}: {exception.Message}");
            return null;
        }
    }

    /// <summary>Reads the server's certificate, what follows it in the same text as its chain, and its key.</summary>
    /// <exception cref="CryptographicException">They are not PEM, or the key is another one's.</exception>
    public static SslStreamCertificateContext Parse(string certificatePem, string keyPem)
    {
        using var leaf = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificatePem);
        // A copy through PKCS#12 ties the key to the certificate for the lifetime of the context.
        var certificate = X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), password: null);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }
}
