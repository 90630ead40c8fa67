using System.Net;
using System.Net.Sockets;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Storage;

namespace SessionSigner.Server.Tests;

/// <summary>A folder in which doctor finds everything well but the token, whose module is none, until a test breaks something.</summary>
internal sealed class DoctorFolder : IDisposable
{
    public static readonly DateTimeOffset Issued = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConfigurationFolder _folder = new();
    private TcpListener? _listener;

    public DoctorFolder()
    {
        TakeAddress();
        FreeAddress();
        using var authority = TrialAuthority.Create("authority", new FixedClock(Issued));
        var (certificate, key) = authority.IssueServer(["localhost"], []);
        Write("tls/server.pem", certificate);
        Write("tls/server.key", key);
        Write("tls/client-ca.pem", authority.RootPem);
        Write("tls/refused.txt", new string('0', 64) + "\n");
    }

    /// <summary>What the clock reads.</summary>
    public DateTimeOffset Now { get; set; } = Issued.AddDays(1);

    /// <summary>Where the daemon is to listen: a port that was free a moment ago.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.Loopback, 0);

    public string Journal => _folder.PathOf("data/journal.db");

    public string PathOf(string name) => _folder.PathOf(name);

    public void Write(string name, string text) => File.WriteAllText(_folder.PathOf(name), text);

    /// <summary>Begins to listen on the daemon's address.</summary>
    public void TakeAddress()
    {
        _listener = new TcpListener(Address);
        _listener.Start();
        Address = (IPEndPoint)_listener.LocalEndpoint;
    }

    public void FreeAddress() => _listener?.Dispose();

    public SqliteJournal OpenJournal() => SqliteJournal.Open(new SqliteJournalOptions { Path = Journal }, new FixedClock(Now));

    /// <summary>Makes a journal whose last entry is as old as stated, or, if negative, of the future.</summary>
    public async Task WriteJournalAsync(TimeSpan age)
    {
        await using var journal = OpenJournal();
        foreach (var minutes in (int[])[10, 0])
        {
            var time = Now - age - TimeSpan.FromMinutes(minutes);
            await journal.Append(
                new JournalWrite(
                    new Entry
                    {
                        Kind = EntryKind.DaemonStarted,
                        TimeMs = time.ToUnixTimeMilliseconds(),
                        Detail = "test",
                    }
                )
            );
        }
    }

    /// <summary>What the examination finds of one subject.</summary>
    public IReadOnlyList<Finding> Examine(string subject) => [.. Examine().Where(finding => finding.Subject == subject)];

    public IReadOnlyList<Finding> Examine() => new Examination(Options(), new FixedClock(Now)).Run();

    public DaemonOptions Options()
    {
        var text = _folder
            .Reference.Replace("127.0.0.1:7443", Address.ToString(), StringComparison.Ordinal)
            .Replace("#refused_certificates:", "refused_certificates:", StringComparison.Ordinal);
        var (options, faults, _) = _folder.Examine(text);
        Assert.Empty(faults);
        return options!;
    }

    public void Dispose()
    {
        FreeAddress();
        _folder.Dispose();
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
