using Microsoft.Data.Sqlite;

namespace SessionSigner.Storage.Tests;

/// <summary>Whatever is changed in the stored journal while the daemon is down is found when it opens, or when it is used.</summary>
public sealed class TamperTests : IDisposable
{
    private readonly JournalDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(
        "UPDATE batch SET entries = CAST(substr(entries, 1, 40) || x'00' || substr(entries, 42) AS BLOB) WHERE first_index = 2",
        "The log was changed"
    )]
    [InlineData("UPDATE batch SET entries = CAST(entries || x'00' AS BLOB) WHERE first_index = 2", "bytes behind entry 2")]
    [InlineData("UPDATE batch SET root = zeroblob(32) WHERE first_index = 3", "entries 3 to 3 do not give the root")]
    [InlineData("UPDATE batch SET count = 2 WHERE first_index = 2", "entry 3 is incomplete")]
    [InlineData("DELETE FROM batch WHERE first_index = 2", "entry 2 is missing")]
    [InlineData("DELETE FROM batch WHERE first_index = (SELECT max(first_index) FROM batch)", "The stored head says")]
    [InlineData("DELETE FROM head", "The journal's head is gone")]
    [InlineData("UPDATE head SET size = size - 1", "The stored head says")]
    [InlineData("UPDATE head SET root = zeroblob(32)", "The stored head says")]
    [InlineData("UPDATE head SET frontier = zeroblob(length(frontier))", "The stored head says")]
    [InlineData("UPDATE budget SET spent = zeroblob(32)", "The stored total of budget ceiling.budgets[usdc]")]
    [InlineData("DELETE FROM budget", "The log debits 1 budgets, 0 are stored")]
    [InlineData("INSERT INTO budget VALUES (1, 'other', '', 0, zeroblob(32))", "The stored total of budget other")]
    [InlineData("UPDATE budget SET bucket = 1", "The stored total of budget ceiling.budgets[usdc]")]
    [InlineData("UPDATE shared_budget SET spent = zeroblob(32)", "of policy desk under policy desk does not follow from the log")]
    [InlineData("UPDATE shared_budget SET last_ms = last_ms - 1", "of policy desk under policy desk does not follow from the log")]
    [InlineData("UPDATE shared_budget SET bucket = bucket + 86400", "of policy desk under policy desk does not follow from the log")]
    [InlineData("UPDATE shared_budget SET subject = 'other'", "of policy other under policy desk does not follow from the log")]
    [InlineData("DELETE FROM shared_budget", "The log debits 1 budgets, 0 are stored")]
    [InlineData("UPDATE session_state SET end_reason = 1", "does not follow from the log")]
    [InlineData("UPDATE session_state SET signatures = 1", "does not follow from the log")]
    [InlineData("UPDATE session SET principal = 'spiffe://thief'", "does not follow from the log")]
    [InlineData("UPDATE session SET grant_json = x'7b7d'", "does not follow from the log")]
    [InlineData("DELETE FROM budget; DELETE FROM session_state; DELETE FROM session", "The log opens 1 sessions, 0 are stored")]
    [InlineData("DELETE FROM answer WHERE request_id = 'r-2'", "The log implies 3 answers, 2 are stored, 3 were counted")]
    [InlineData("UPDATE head SET answers = 4", "The log implies 3 answers, 3 are stored, 4 were counted")]
    [InlineData("UPDATE answer SET audit_index = 99 WHERE request_id = 'r-2'", "The stored answer to request \"r-2\"")]
    [InlineData("UPDATE answer SET request_id = 'r-9' WHERE request_id = 'r-2'", "The stored answer to request \"r-9\"")]
    [InlineData("UPDATE answer SET answer = CAST(substr(answer, 1, 64) AS BLOB)", "The stored answer to request")]
    [InlineData("UPDATE session SET not_after = 9999999999", "does not follow from the log")]
    [InlineData("UPDATE session_state SET ended_by = 'spiffe://framed', ended_at_ms = 5", "does not follow from the log")]
    [InlineData("DROP INDEX open_session", "missing: CREATE INDEX open_session")]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON budget BEGIN UPDATE budget SET spent = zeroblob(32); END", "unexpected: CREATE TRIGGER")]
    [InlineData("ALTER TABLE head ADD COLUMN extra INTEGER", "unexpected: CREATE TABLE head")]
    [InlineData("UPDATE head SET version = 1", "The journal has version 1; this program reads version 3")]
    [InlineData("PRAGMA application_id = 1", "not a journal of this program")]
    public async Task A_change_is_found_when_the_journal_opens(string sql, string message)
    {
        await FillAsync();
        Execute(sql);
        Assert.Throws<JournalOpenException>(_directory.Open);
        // Also if what was acknowledged is forgotten.
        File.Delete(_directory.Path + ".lock");
        Assert.Contains(message, Assert.Throws<JournalOpenException>(_directory.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_of_the_first_version_is_refused_by_its_version()
    {
        await FillAsync();
        Execute(
            "DROP TABLE shared_budget; DROP TABLE budget; CREATE TABLE budget (sequence INTEGER, budget TEXT, spent BLOB); UPDATE head SET version = 1"
        );
        var message = Assert.Throws<JournalOpenException>(_directory.Open).Message;
        Assert.StartsWith(
            "The journal has version 1; this program reads version 3 and does not convert.",
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_change_that_changes_nothing_is_accepted()
    {
        await FillAsync();
        Execute("UPDATE head SET size = size + 0; VACUUM");
        await using var journal = _directory.Open();
        Assert.Equal(4, journal.Head.Size);
    }

    [Theory]
    [InlineData("UPDATE answer SET answer = zeroblob(65) WHERE request_id = 'r-1'")]
    [InlineData("UPDATE answer SET audit_index = 3 WHERE request_id = 'r-1'")]
    [InlineData("UPDATE answer SET answer = (SELECT answer FROM answer WHERE request_id = 'r-2') WHERE request_id = 'r-1'")]
    public async Task A_changed_answer_is_never_given(string sql)
    {
        await FillAsync();
        await using (var journal = _directory.Open())
        {
            // Behind the daemon's back, while it runs.
            Execute(sql);
            var error = Assert.Throws<Core.SignerException>(() => journal.FindAnswer(Writes.SessionId(1), "r-1"));
            Assert.Equal(Core.ErrorCode.JournalFailed, error.Code);
            Assert.NotNull(journal.FindAnswer(Writes.SessionId(1), "r-2"));
        }
        Assert.Contains(
            $"The stored answer to request \"r-1\" of {Writes.SessionId(1)} is not one that the log implies",
            Assert.Throws<JournalOpenException>(_directory.Open).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_changed_byte_anywhere_in_the_entries_is_found()
    {
        await FillAsync();
        var original = await File.ReadAllBytesAsync(_directory.Path);
        var places = Places(original);
        Assert.Equal(4, places.Count);
        foreach (var (place, length) in places)
        {
            for (var offset = 0; offset < length; offset += 7)
            {
                var changed = (byte[])original.Clone();
                changed[place + offset] ^= 0x04;
                await File.WriteAllBytesAsync(_directory.Path, changed);
                Assert.Throws<JournalOpenException>(_directory.Open);
            }
        }
        await File.WriteAllBytesAsync(_directory.Path, original);
        await using var journal = _directory.Open();
        Assert.Equal(4, journal.Head.Size);
    }

    [Fact]
    public async Task A_file_cut_short_emptied_or_lost_is_found()
    {
        await FillAsync();
        var original = await File.ReadAllBytesAsync(_directory.Path);
        foreach (var length in (int[])[original.Length - 4096, original.Length / 2, 4096, 100])
        {
            await File.WriteAllBytesAsync(_directory.Path, original[..length]);
            Assert.Throws<JournalOpenException>(_directory.Open);
        }
        await File.WriteAllBytesAsync(_directory.Path, []);
        Assert.Contains(
            "is empty although one was kept here",
            Assert.Throws<JournalOpenException>(_directory.Open).Message,
            StringComparison.Ordinal
        );
        File.Delete(_directory.Path);
        Assert.Contains(
            "is missing although one was kept here",
            Assert.Throws<JournalOpenException>(_directory.Open).Message,
            StringComparison.Ordinal
        );
        await File.WriteAllTextAsync(_directory.Path, "not a database, but long enough to look like one".PadRight(8192));
        File.SetUnixFileMode(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Throws<JournalOpenException>(_directory.Open);
    }

    private static Core.JournalWrite Second() =>
        Writes.Signed(
            1,
            "r-2",
            new Core.BudgetDelta(Writes.SessionId(1), Writes.Budget, 5),
            Writes.Shared(1, 5, "policy", "calendar_day", 1_699_920_000)
        );

    // One write per batch, so that the batches' first indexes are known.
    private async Task FillAsync()
    {
        await using var journal = _directory.Open();
        await journal.Append(Writes.Started());
        await journal.Append(Writes.Opened(1));
        await journal.Append(Writes.Signed(1, "r-1", 7));
        await journal.Append(Second());
    }

    private void Execute(string sql)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={_directory.Path};Pooling=false");
        connection.Open();
        connection.Run(sql);
    }

    private static List<(int Place, int Length)> Places(byte[] file)
    {
        byte[][] entries =
        [
            .. ((Core.JournalWrite[])[Writes.Started(), Writes.Opened(1), Writes.Signed(1, "r-1", 7), Second()]).Select(write =>
                Audit.EntryCodec.Encode(write.Entry)
            ),
        ];
        return [.. entries.Select(entry => (file.AsSpan().IndexOf(entry), entry.Length)).Where(found => found.Item1 >= 0)];
    }
}
