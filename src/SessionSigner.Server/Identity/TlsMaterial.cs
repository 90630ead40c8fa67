using System.Collections.Frozen;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Server;

/// <summary>
/// Server certificate, authorities and refusals, read again when their files change. A reading that fails keeps what was in force and is logged:
/// a half-written file neither opens nor closes the daemon. Thread safe.
/// </summary>
internal sealed partial class TlsMaterial : IDisposable
{
    private const int DaysWarning = 30;
    private static readonly TimeSpan ExpiryPeriod = TimeSpan.FromDays(1);

    private readonly TlsSection _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _reading = new();
    private byte[] _digest = [];
    private DateTimeOffset _nextExpiryCheck = DateTimeOffset.MinValue;
    private volatile ClientTrust _trust;
    private volatile SslStreamCertificateContext _server;

    private TlsMaterial(TlsSection options, TimeProvider clock, ILogger logger)
    {
        _options = options;
        _clock = clock;
        _logger = logger;
        var contents = ReadFiles();
        _digest = contents.Digest;
        _server = ParseServer(contents.Certificate, contents.PrivateKey);
        _trust = ParseTrust(contents, version: 1);
        WarnOfExpiry();
        _timer = clock.CreateTimer(_ => Reload(), null, options.ReloadInterval, options.ReloadInterval);
    }

    /// <summary>Whom the daemon believes now.</summary>
    public ClientTrust Trust => _trust;

    /// <summary>What the daemon shows now.</summary>
    public SslStreamCertificateContext Server => _server;

    /// <summary>Reads the files.</summary>
    /// <exception cref="CryptographicException">If a file does not hold what it should.</exception>
    /// <exception cref="FormatException">As before, for the list of refused certificates.</exception>
    /// <exception cref="IOException">If a file cannot be read.</exception>
    public static TlsMaterial Open(TlsSection options, TimeProvider clock, ILogger logger) => new(options, clock, logger);

    /// <summary>Reads the files again now, if they changed.</summary>
    public void Reload()
    {
        lock (_reading)
        {
            try
            {
                var contents = ReadFiles();
                if (contents.Digest.AsSpan().SequenceEqual(_digest))
                {
                    WarnOfExpiry();
                    return;
                }
                var server = ParseServer(contents.Certificate, contents.PrivateKey);
                _trust = ParseTrust(contents, checked(_trust.Version + 1));
                _server = server;
                _digest = contents.Digest;
                LogReloaded(_trust.Version);
                _nextExpiryCheck = DateTimeOffset.MinValue;
                WarnOfExpiry();
            }
            catch (Exception exception)
            {
                LogReloadFailed(exception);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    // Once a day: nothing else in the daemon notices, and every client would be turned away at once.
    private void WarnOfExpiry()
    {
        var now = _clock.GetUtcNow();
        if (now < _nextExpiryCheck)
        {
            return;
        }
        _nextExpiryCheck = now + ExpiryPeriod;
        var end = new DateTimeOffset(_server.TargetCertificate.NotAfter.ToUniversalTime());
        if (end <= now)
        {
            LogExpired(_options.Certificate, end);
        }
        else if (end - now < TimeSpan.FromDays(DaysWarning))
        {
            LogExpiresSoon(_options.Certificate, end);
        }
    }

    /// <summary>Reads the server's certificate, what follows it in the same text as its chain, and its key.</summary>
    /// <exception cref="CryptographicException">They are not PEM, or the key is another one's.</exception>
    internal static SslStreamCertificateContext ParseServer(string certificatePem, string keyPem)
    {
        using var leaf = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificatePem);
        // A copy through PKCS#12 ties the key to the certificate for the lifetime of the context.
        var certificate = X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), password: null);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    private static ClientTrust ParseTrust(Contents contents, int version) =>
        new(
            version,
            ClientTrust.ParseAuthorities(contents.ClientCa),
            contents.Refused is null ? FrozenSet<string>.Empty : ClientTrust.ParseRefused(contents.Refused)
        );

    private Contents ReadFiles()
    {
        var certificate = File.ReadAllText(_options.Certificate);
        var key = File.ReadAllText(_options.PrivateKey);
        var authorities = File.ReadAllText(_options.ClientCa);
        var refused = _options.RefusedCertificates is null ? null : File.ReadAllText(_options.RefusedCertificates);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in (string?[])[certificate, key, authorities, refused])
        {
            hash.AppendData(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text ?? "")));
        }
        return new Contents(certificate, key, authorities, refused, hash.GetHashAndReset());
    }

    private sealed record Contents(string Certificate, string PrivateKey, string ClientCa, string? Refused, byte[] Digest);

    [LoggerMessage(EventId = 1200, Level = LogLevel.Information, Message = "Certificates read again, version {Version}")]
    private partial void LogReloaded(int version);

    [LoggerMessage(
        EventId = 1201,
        Level = LogLevel.Error,
        Message = "Certificates could not be read again; those read before stay in force"
    )]
    private partial void LogReloadFailed(Exception exception);

    [LoggerMessage(
        EventId = 1202,
        Level = LogLevel.Error,
        Message = "The server certificate {File} has expired on {End:yyyy-MM-dd}: clients refuse it; put a new one in its place"
    )]
    private partial void LogExpired(string file, DateTimeOffset end);

    [LoggerMessage(
        EventId = 1203,
        Level = LogLevel.Warning,
        Message = "The server certificate {File} expires on {End:yyyy-MM-dd}; put a new one in its place"
    )]
    private partial void LogExpiresSoon(string file, DateTimeOffset end);
}
