using Microsoft.Data.Sqlite;
using SessionSigner.Core;

namespace SessionSigner.Storage.Tests;

/// <summary>A failed commit stops the journal for good, even if its cause is gone a moment later.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly JournalDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task After_a_failed_commit_nothing_is_written_until_the_journal_is_opened_again()
    {
        await using (var journal = _directory.Open())
        {
            await journal.Append(Writes.Opened(1));
            await journal.Append(Writes.Signed(1, "before", 1));
            var growth = journal.WaitForGrowthAsync(2, CancellationToken.None);
            Execute("CREATE TRIGGER fault BEFORE INSERT ON batch BEGIN SELECT RAISE(ROLLBACK, 'fault'); END");
            var failing = Enumerable.Range(0, 300).Select(i => TryAppend(journal, Writes.Signed(1, $"failing-{i}", 1))).ToList();
            Assert.All(await Task.WhenAll(failing), code => Assert.Equal(ErrorCode.JournalFailed, code));
            Execute("DROP TRIGGER fault");

            Assert.False(journal.IsWritable);
            Assert.Equal(ErrorCode.JournalFailed, await TryAppend(journal, Writes.Signed(1, "after", 1)));
            Assert.Equal(ErrorCode.JournalFailed, (await Assert.ThrowsAsync<SignerException>(() => growth)).Code);
            // What is durable can still be read.
            Assert.Equal(2, journal.Head.Size);
            Assert.Equal(2, journal.ReadEntries(0, 10).Count);
            Assert.NotNull(journal.FindAnswer(Writes.SessionId(1), "before"));
            Assert.Null(journal.FindAnswer(Writes.SessionId(1), "failing-0"));
        }
        await using var reopened = _directory.Open();
        Assert.Equal(2, await reopened.Append(Writes.Signed(1, "failing-0", 5)));
        Assert.Equal("6", reopened.ReadBudgets(Writes.SessionId(1))[Writes.Budget].ToString());
    }

    [Fact]
    public async Task A_journal_changed_behind_the_daemons_back_stops()
    {
        await using var journal = _directory.Open();
        await journal.Append(Writes.Started());
        Execute("DELETE FROM head");
        Assert.Equal(ErrorCode.JournalFailed, await TryAppend(journal, Writes.Started()));
        Assert.False(journal.IsWritable);
    }

    [Fact]
    public async Task Rejected_writes_leave_no_trace_in_a_batch_of_good_ones()
    {
        await using (var journal = _directory.Open())
        {
            await journal.Append(Writes.Opened(1));
            var codes = await Task.WhenAll(
                Enumerable.Range(0, 400).Select(i => TryAppend(journal, Writes.Signed(i % 4 == 0 ? 9 : 1, $"r-{i / 2}", 1)))
            );
            Assert.Equal(100, codes.Count(code => code == ErrorCode.SessionNotFound));
            Assert.Equal(100, codes.Count(code => code == ErrorCode.RequestIdReused));
            Assert.Equal(201, journal.Head.Size);
        }
        await using var reopened = _directory.Open();
        Assert.Equal("200", reopened.ReadBudgets(Writes.SessionId(1))[Writes.Budget].ToString());
    }

    private static async Task<ErrorCode> TryAppend(SqliteJournal journal, JournalWrite write)
    {
        try
        {
            await journal.Append(write);
            return ErrorCode.Unspecified;
        }
        catch (SignerException e)
        {
            return e.Code;
        }
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_directory.Path};Pooling=false");
        connection.Open();
        connection.Run(sql);
    }
}
