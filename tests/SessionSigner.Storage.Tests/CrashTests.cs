using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage.Tests;

/// <summary>What was acknowledged is there afterwards, whatever happens to the process or the disk; nothing is acknowledged after a fault.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly JournalDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_acknowledged_survives_SIGKILL()
    {
        var acknowledged = new Dictionary<string, long>();
        var random = new Random(20_260);
        for (var round = 0; round < 4; round++)
        {
            using var child = ChildProcess.Start(_directory.Path, $"round{round}", 1_000_000, 32);
            await child.WaitReadyAsync();
            await Task.Delay(random.Next(20, 300));
            child.Kill();
            Assert.Equal(137, await child.WaitExitAsync());
            foreach (var (request, index) in child.Acknowledged)
            {
                acknowledged.Add(request, index);
            }
        }
        Assert.True(acknowledged.Count > 10, $"only {acknowledged.Count} writes in all rounds");
        await AssertHoldsAsync(acknowledged);
    }

    [Theory]
    [InlineData("fsync,fdatasync", "EIO", 12)]
    [InlineData("fsync,fdatasync", "EIO", 31)]
    [InlineData("pwrite64", "EIO", 200)]
    [InlineData("pwrite64", "ENOSPC", 333)]
    public async Task Nothing_is_acknowledged_after_a_failed_write_or_sync(string calls, string error, int instance)
    {
        // The fault comes once; the calls after it succeed, and SQLite by itself would go on.
        using (
            var child = ChildProcess.Start(
                _directory.Path,
                "faulty",
                400,
                8,
                "-e",
                $"trace={calls}",
                "-e",
                $"inject={calls}:error={error}:when={instance}"
            )
        )
        {
            Assert.Equal(4, await child.WaitExitAsync());
            var lines = child.Lines.SkipWhile(line => line != "ready").ToList();
            var firstFailure = lines.FindIndex(line => line.StartsWith("failed", StringComparison.Ordinal));
            Assert.True(firstFailure > 1, string.Join('\n', lines));
            // Acknowledged before the fault, printed by another thread at the same moment: at most one per task.
            Assert.True(lines[firstFailure..].Count(line => line.StartsWith("ack", StringComparison.Ordinal)) < 8);
            Assert.All(
                lines[firstFailure..].Where(line => line.StartsWith("failed", StringComparison.Ordinal)),
                line => Assert.Equal("failed JournalFailed False", line)
            );
            Assert.True(child.Acknowledged.Count < 400);
            await AssertHoldsAsync(child.Acknowledged);
        }
        using var again = ChildProcess.Start(_directory.Path, "again", 20, 4);
        Assert.Equal(0, await again.WaitExitAsync());
        Assert.Equal(20, again.Acknowledged.Count);
    }

    [Theory]
    [InlineData("fsync,fdatasync", 1)]
    [InlineData("fsync,fdatasync", 3)]
    [InlineData("pwrite64", 9)]
    [InlineData("pwrite64", 40)]
    public async Task A_fault_while_opening_refuses_and_leaves_what_can_be_opened(string calls, int instance)
    {
        using (
            var child = ChildProcess.Start(
                _directory.Path,
                "faulty",
                5,
                1,
                "-e",
                $"trace={calls}",
                "-e",
                $"inject={calls}:error=EIO:when={instance}"
            )
        )
        {
            Assert.Equal(3, await child.WaitExitAsync());
            Assert.Empty(child.Acknowledged);
        }
        using var again = ChildProcess.Start(_directory.Path, "again", 5, 1);
        Assert.Equal(0, await again.WaitExitAsync());
    }

    [Fact]
    public async Task A_fault_in_a_checkpoint_fails_the_journal_too()
    {
        // The database file itself is written by checkpoints only; there are three in opening and the fourth comes with load.
        using var child = ChildProcess.Start(
            _directory.Path,
            "faulty",
            40_000,
            64,
            "-P",
            _directory.Path,
            "-e",
            "trace=pwrite64",
            "-e",
            "inject=pwrite64:error=EIO:when=40"
        );
        Assert.Equal(4, await child.WaitExitAsync());
        Assert.Contains("failed JournalFailed False", child.Lines);
        await AssertHoldsAsync(child.Acknowledged);
    }

    [Fact]
    public async Task SQLite_by_itself_goes_on_after_a_failed_sync()
    {
        // The control: the same fault, without the journal's own stop.
        const string calls = "fsync,fdatasync";
        using var child = ChildProcess.Start(
            _directory.Path,
            "plain",
            40,
            1,
            "-e",
            $"trace={calls}",
            "-e",
            $"inject={calls}:error=EIO:when=12"
        );
        Assert.Equal(0, await child.WaitExitAsync());
        var failure = child.Lines.ToList().IndexOf("failed");
        Assert.True(failure > 0);
        Assert.Contains(child.Lines.Skip(failure), line => line.StartsWith("ack", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_faults_everything_is_acknowledged()
    {
        using var child = ChildProcess.Start(_directory.Path, "good", 200, 8, "-e", "trace=fsync,fdatasync,pwrite64");
        Assert.Equal(0, await child.WaitExitAsync());
        Assert.Equal(200, child.Acknowledged.Count);
        await AssertHoldsAsync(child.Acknowledged);
    }

    [Fact]
    public async Task A_second_daemon_on_the_same_journal_refuses_to_start()
    {
        await using (_directory.Open())
        {
            Assert.Contains(
                "Another process holds",
                Assert.Throws<JournalOpenException>(_directory.Open).Message,
                StringComparison.Ordinal
            );
            using var child = ChildProcess.Start(_directory.Path, "second", 1, 1);
            Assert.Equal(3, await child.WaitExitAsync());
            Assert.Contains("Another process holds", child.Lines[0], StringComparison.Ordinal);
        }
        await using var next = _directory.Open();
        Assert.True(next.IsWritable);
    }

    // Opening verifies the log and that the tables follow from it.
    private async Task AssertHoldsAsync(Dictionary<string, long> acknowledged)
    {
        await using var journal = _directory.Open();
        var session = Writes.SessionId(1);
        var size = journal.Head.Size;
        var stored = new Dictionary<string, long>();
        for (long next = 0; next < size; )
        {
            foreach (var entry in journal.ReadEntries(next, 1000))
            {
                Assert.True(EntryCodec.TryDecode(entry.Bytes.Span, out var decoded, out _));
                if (decoded!.Kind == EntryKind.Signed)
                {
                    stored.Add(decoded.RequestId, entry.Index);
                }
                next = entry.Index + 1;
            }
        }
        foreach (var (request, index) in acknowledged)
        {
            Assert.Equal(index, stored[request]);
            Assert.Equal(index, journal.FindAnswer(session, request)!.AuditIndex);
        }
        Assert.Equal((UInt256)(ulong)stored.Count, journal.ReadBudgets(session)[Writes.Budget]);
        Assert.Equal(stored.Count, journal.FindSession(session)!.Signatures);
        Assert.Equal(
            (2L * stored.Count, 3L * stored.Count),
            (SharedTotal(journal, "principal", Writes.Principal), SharedTotal(journal, "policy", "desk"))
        );
    }

    private static long SharedTotal(SqliteJournal journal, string per, string subject)
    {
        var rows = journal.ReadSharedBudget(new SharedBudgetKey(per, subject, "desk", Writes.Budget), long.MinValue);
        return rows.Sum(row => long.Parse(row.Spent.ToString(), System.Globalization.CultureInfo.InvariantCulture));
    }
}
