using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Server;

/// <summary>
/// The files that say whom the daemon believes. What is added takes effect at once, whatever else is wrong; what is taken back, once two readings in a
/// row agree; nothing, if a file cannot be read or others may change it. Not thread safe.
/// </summary>
internal sealed class ClientTrustFiles
{
    private readonly WatchedFile _authorities;
    private readonly WatchedFile? _refused;
    private readonly ILogger _logger;

    public ClientTrustFiles(TlsSection options, ILogger logger)
    {
        _authorities = new WatchedFile(options.ClientCa, FileChecks.FindTrustFault, logger);
        _refused = options.RefusedCertificates is { } list ? new WatchedFile(list, FileChecks.FindTrustFault, logger) : null;
        _logger = logger;
    }

    /// <summary>Reads them for the first time, strictly.</summary>
    /// <exception cref="CryptographicException">There is no certificate of an authority.</exception>
    /// <exception cref="FormatException">A line of the list is not a fingerprint.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public ClientTrust Read() =>
        new(
            version: 1,
            ClientTrust.ParseAuthorities(_authorities.Read()),
            _refused is null ? FrozenSet<string>.Empty : ClientTrust.ParseRefused(_refused.Read())
        );

    /// <summary>Reads them again.</summary>
    /// <returns>What is in force now; the same as before if nothing has changed.</returns>
    public ClientTrust ReadAgain(ClientTrust before)
    {
        var authorities = Keeping(_authorities, before.Authorities, ReadAuthorities);
        var refused = _refused is null ? before.Refused : Keeping(_refused, before.Refused, ReadRefused);
        return ReferenceEquals(authorities, before.Authorities) && ReferenceEquals(refused, before.Refused)
            ? before
            : new ClientTrust(checked(before.Version + 1), authorities, refused);
    }

    private X509Certificate2Collection ReadAuthorities(WatchedFile file, FileReading reading, X509Certificate2Collection before)
    {
        var found = ClientTrust.ParseAuthorities(reading.Text);
        if (!reading.IsAgreed && !before.All(authority => Holds(found, authority)))
        {
            // What is new in it counts already; what is missing, once the next reading agrees.
            TlsLog.TakesBack(_logger, file.Path);
            X509Certificate2[] added = [.. found.Where(authority => !Holds(before, authority))];
            return added.Length == 0 ? before : [.. before, .. added];
        }
        file.Accept();
        return found;
    }

    private FrozenSet<string> ReadRefused(WatchedFile file, FileReading reading, FrozenSet<string> before)
    {
        var list = RefusedList.Parse(reading.Text);
        var found = list.Fingerprints;
        var isShorter = !before.IsSubsetOf(found);
        if (list.FaultyLines.Count > 0)
        {
            // What a line that nobody understands was to say may be what was there before.
            TlsLog.FaultyLines(_logger, list.FaultyLinesText, file.Path);
            file.Accept();
        }
        else if (isShorter && !reading.IsAgreed)
        {
            TlsLog.TakesBack(_logger, file.Path);
            file.LeaveOpen();
        }
        else
        {
            file.Accept();
            return found;
        }
        return found.IsSubsetOf(before) ? before : before.Union(found).ToFrozenSet(StringComparer.Ordinal);
    }

    private static T Keeping<T>(WatchedFile file, T before, Func<WatchedFile, FileReading, T, T> read)
    {
        try
        {
            var reading = file.ReadAgain();
            if (reading.IsChanged)
            {
                return read(file, reading, before);
            }
            file.ForgetFault();
            return before;
        }
        catch (Exception exception)
        {
            file.Report(exception.Message);
            return before;
        }
    }

    private static bool Holds(X509Certificate2Collection authorities, X509Certificate2 wanted) =>
        authorities.Any(authority => authority.RawDataMemory.Span.SequenceEqual(wanted.RawDataMemory.Span));
}
