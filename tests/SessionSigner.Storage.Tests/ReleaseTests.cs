using Microsoft.Data.Sqlite;
using SessionSigner.Audit;
using SessionSigner.Core;

namespace SessionSigner.Storage.Tests;

/// <summary>Releases: the totals go down with the entry that says so, once, and follow from the log at the next opening.</summary>
public sealed class ReleaseTests : IDisposable
{
    private static readonly SharedBudgetKey Shared = new("policy", "desk", "desk", Writes.Budget);

    private readonly JournalDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_given_back_is_gone_from_the_totals_also_after_the_session_and_a_restart()
    {
        var first = Writes.Signed(1, "r-1", new BudgetDelta(Writes.SessionId(1), Writes.Budget, 7), Writes.Shared(1, 5));
        var second = Writes.Signed(1, "r-2", new BudgetDelta(Writes.SessionId(1), Writes.Budget, 3), Writes.Shared(1, 4, "principal"));
        await using (var journal = _directory.Open())
        {
            await journal.Append(Writes.Opened(1));
            await journal.Append(first);
            await journal.Append(second);
            Assert.Equal(3, await journal.Append(Writes.Released(first, 1, "3", "0")));
            await journal.Append(Writes.Ended(1));
            // The session's own budget has ended with it.
            await journal.Append(Writes.Released(second, 2, "", "0"));
            Check(journal);
        }
        await using (var journal = _directory.Open())
        {
            Check(journal);
            await ThrowsAsync(journal, Writes.Released(first, 1, "", ""), ErrorCode.RequestIdReused);
            await journal.Append(Writes.Started());
        }

        static void Check(SqliteJournal journal)
        {
            Assert.Equal("3", journal.ReadBudgets(Writes.SessionId(1))[Writes.Budget].ToString());
            Assert.Equal([new SharedBudgetRow("", 0, 1_700_000_000_500, 0)], journal.ReadSharedBudget(Shared, 0));
            var principal = new SharedBudgetKey("principal", Writes.Principal, "desk", Writes.Budget);
            Assert.Equal([new SharedBudgetRow("", 0, 1_700_000_000_500, 0)], journal.ReadSharedBudget(principal, 0));
            Assert.Equal(3, journal.FindAnswer(Writes.SessionId(1), ReleasedReservation.AnswerIdOf(1))!.AuditIndex);
        }
    }

    [Fact]
    public async Task More_than_was_taken_does_not_come_back_and_leaves_nothing()
    {
        var signed = Writes.Signed(1, "r-1", Writes.Shared(1, 5));
        await using var journal = _directory.Open();
        await journal.Append(Writes.Opened(1));
        await journal.Append(signed);
        var greedy = Writes.Signed(1, "r-1", Writes.Shared(1, 6));
        await ThrowsAsync(journal, Writes.Released(greedy, 1, "0"), ErrorCode.NotReleasable);
        await ThrowsAsync(journal, Writes.Released(signed, 2, "0"), ErrorCode.NotReleasable);
        await ThrowsAsync(journal, Writes.Released(signed, long.MaxValue, "0"), ErrorCode.NotReleasable);
        await ThrowsAsync(journal, Writes.Released(Writes.Signed(2, "r-1", Writes.Shared(2, 1)), 1, "4"), ErrorCode.SessionNotFound);
        Assert.Equal("5", Assert.Single(journal.ReadSharedBudget(Shared, 0)).Spent.ToString());
        Assert.Equal(2, journal.Head.Size);
    }

    [Fact]
    public async Task A_write_that_its_entry_does_not_say_is_refused_at_once()
    {
        var signed = Writes.Signed(1, "r-1", Writes.Shared(1, 5));
        await using var journal = _directory.Open();
        await journal.Append(Writes.Opened(1));
        await journal.Append(signed);
        var release = Writes.Released(signed, 1, "0");
        JournalWrite[] wrong =
        [
            release with
            {
                Released = null,
            },
            release with
            {
                Released = release.Released! with { Index = 2 },
            },
            release with
            {
                Answer = null,
            },
            release with
            {
                Debits = [],
            },
            release with
            {
                Debits = [release.Debits[0] with { Amount = 4 }],
            },
            release with
            {
                Answer = release.Answer! with { RequestId = "$release 2" },
            },
            release with
            {
                Entry = release.Entry with { Kind = EntryKind.SignRefused, ReleasedIndex = 0 },
            },
            signed with
            {
                Released = release.Released,
            },
        ];
        foreach (var write in wrong)
        {
            Assert.Throws<ArgumentException>(() =>
            {
                _ = journal.Append(write);
            });
        }
        await journal.Append(release);
    }

    [Theory]
    [InlineData(2, "r-1", 5, "The release names no signature before it")]
    [InlineData(1, "r-2", 5, "of another session, or of other amounts")]
    [InlineData(1, "r-1", 4, "of another session, or of other amounts")]
    public async Task A_journal_in_which_a_release_does_not_follow_does_not_open(long index, string request, ulong amount, string message)
    {
        await using (var journal = _directory.Open())
        {
            await journal.Append(Writes.Opened(1));
            await journal.Append(Writes.Signed(1, "r-1", Writes.Shared(1, 5)));
            await journal.Append(Writes.Refused(1, "r-3"));
            await journal.Append(Writes.Released(Writes.Signed(1, request, Writes.Shared(1, amount)), index, $"{5 - amount}"));
        }
        Assert.Contains(message, Assert.Throws<JournalOpenException>(_directory.Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE shared_budget SET spent = x'0000000000000000000000000000000000000000000000000000000000000005'")]
    [InlineData("UPDATE shared_budget SET last_ms = last_ms + 400")]
    public async Task A_total_that_was_put_back_is_found(string sql)
    {
        await using (var journal = _directory.Open())
        {
            await journal.Append(Writes.Opened(1));
            var signed = Writes.Signed(1, "r-1", Writes.Shared(1, 5));
            await journal.Append(signed);
            await journal.Append(Writes.Released(signed, 1, "0"));
        }
        Execute(sql);
        Assert.Contains(
            "does not follow from the log",
            Assert.Throws<JournalOpenException>(_directory.Open).Message,
            StringComparison.Ordinal
        );
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_directory.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements stand in this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private static async Task ThrowsAsync(SqliteJournal journal, JournalWrite write, ErrorCode code) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<SignerException>(() => journal.Append(write))).Code);
}
