using System.Net;
using System.Net.Sockets;
using SessionSigner.Storage;

namespace SessionSigner.Server.Tests;

/// <summary>What doctor says of a journal and an address that are taken.</summary>
public sealed class ExaminationTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ExaminationTests() => _listener.Start();

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_free_address_and_no_journal_are_well()
    {
        _listener.Stop();
        var findings = Examine();
        Assert.Equal(Verdict.Good, findings["journal"].Verdict);
        Assert.Equal(Verdict.Good, findings["address"].Verdict);
        Assert.False(File.Exists(_folder.PathOf("data/journal.db")));
    }

    [Fact]
    public void Another_program_on_the_address_is_not_taken_for_the_daemon()
    {
        var findings = Examine();
        Assert.Equal(Verdict.Failed, findings["address"].Verdict);
        Assert.Contains("another program", findings["address"].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_in_use_is_the_running_daemon()
    {
        await using var journal = SqliteJournal.Open(
            new SqliteJournalOptions { Path = _folder.PathOf("data/journal.db") },
            TimeProvider.System
        );
        var findings = Examine();
        Assert.Equal((Verdict.Good, Verdict.Good), (findings["journal"].Verdict, findings["address"].Verdict));
        Assert.Contains("in use", findings["journal"].Text, StringComparison.Ordinal);

        _listener.Stop();
        Assert.Equal(Verdict.Warning, Examine()["address"].Verdict);
    }

    private Dictionary<string, Finding> Examine()
    {
        var text = _folder.Reference.Replace("127.0.0.1:7443", _listener.LocalEndpoint.ToString(), StringComparison.Ordinal);
        var (options, faults, _) = _folder.Examine(text);
        Assert.Empty(faults);
        return new Examination(options!, TimeProvider.System).Run().DistinctBy(f => f.Subject).ToDictionary(f => f.Subject);
    }
}
