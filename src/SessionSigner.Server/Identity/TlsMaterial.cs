using System.Net.Security;
using System.Security.Cryptography;

namespace SessionSigner.Server;

/// <summary>
/// Server certificate, authorities and refusals, read again when their files change. A reading that fails keeps what was in force and is logged:
/// a half-written file neither opens nor closes the daemon, and none keeps another one from taking effect. Thread safe.
/// </summary>
internal sealed class TlsMaterial : IDisposable
{
    private const int DaysWarning = 30;
    private static readonly TimeSpan ExpiryPeriod = TimeSpan.FromDays(1);

    private readonly TlsSection _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ServerCertificateFiles _serverFiles;
    private readonly ClientTrustFiles _trustFiles;
    private readonly ITimer _timer;
    private readonly Lock _reading = new();
    private DateTimeOffset _nextExpiryCheck = DateTimeOffset.MinValue;
    private volatile ClientTrust _trust;
    private volatile SslStreamCertificateContext _server;

    private TlsMaterial(TlsSection options, TimeProvider clock, ILogger logger)
    {
        _options = options;
        _clock = clock;
        _logger = logger;
        _serverFiles = new ServerCertificateFiles(options, logger);
        _trustFiles = new ClientTrustFiles(options, logger);
        _server = _serverFiles.Read();
        _trust = _trustFiles.Read();
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
            var trust = _trustFiles.ReadAgain(_trust);
            if (trust.Version != _trust.Version)
            {
                _trust = trust;
                TlsLog.Reloaded(_logger, $"authorities and refusals, version {trust.Version}");
            }
            if (_serverFiles.ReadAgain() is { } server)
            {
                _server = server;
                _nextExpiryCheck = DateTimeOffset.MinValue;
                TlsLog.Reloaded(_logger, "the server's own");
            }
            WarnOfExpiry();
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
            TlsLog.Expired(_logger, _options.Certificate, end);
        }
        else if (end - now < TimeSpan.FromDays(DaysWarning))
        {
            TlsLog.ExpiresSoon(_logger, _options.Certificate, end);
        }
    }
}
