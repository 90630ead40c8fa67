using Microsoft.Data.Sqlite;
using SessionSigner.Core;

namespace SessionSigner.Storage.Tests;

/// <summary>The tables beside the log hold what follows from it and nothing else: whichever value of whichever row is changed, the journal does not open.</summary>
public sealed class StoredTablesTests : IDisposable
{
    // What the log does not have of an answer; .github/SECURITY.md says so.
    private static readonly string[] s_free = ["answer.body_hash"];

    private readonly JournalDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Every_value_of_every_row_is_held_to_the_log()
    {
        await FillAsync();
        var original = await File.ReadAllBytesAsync(_directory.Path);
        var unnoticed = new List<string>();
        var changes = 0;
        foreach (var (table, column) in Columns())
        {
            for (var row = 0; row < Count(table); row++)
            {
                // Of a blob the first byte: the last of a signature is its recovery id.
                var rows = $"(SELECT {column} AS v, row_number() OVER () - 1 AS n FROM {table})";
                var changed = $"""
                    CASE typeof({column}) WHEN 'integer' THEN {column} + 100 WHEN 'text' THEN {column} || 'x'
                    ELSE CAST(x'ff' || substr({column}, 2) AS BLOB) END
                    """;
                Execute($"UPDATE {table} SET {column} = {changed} WHERE {column} IS (SELECT v FROM {rows} WHERE n = {row})");
                changes++;
                if (await Record.ExceptionAsync(OpenAndClose) is not JournalOpenException && !s_free.Contains($"{table}.{column}"))
                {
                    unnoticed.Add($"{table}.{column} of row {row}");
                }
                Restore(original);
            }
        }
        Assert.Empty(unnoticed);
        Assert.True(changes > 80, $"only {changes} changes");
        await OpenAndClose();
    }

    [Fact]
    public async Task Every_row_is_missed_and_every_row_too_many_is_found()
    {
        await FillAsync();
        var original = await File.ReadAllBytesAsync(_directory.Path);
        foreach (var table in Columns().Select(item => item.Table).Distinct())
        {
            for (var row = 0; row < Count(table); row++)
            {
                var key = Columns().First(item => item.Table == table).Column;
                var values = string.Join(
                    " AND ",
                    Columns().Where(item => item.Table == table).Select(item => $"t.{item.Column} IS r.{item.Column}")
                );
                Execute(
                    $"DELETE FROM {table} AS t WHERE EXISTS (SELECT 1 FROM (SELECT *, row_number() OVER () - 1 AS n FROM {table}) AS r WHERE n = {row} AND {values})"
                );
                Assert.True(await Record.ExceptionAsync(OpenAndClose) is JournalOpenException, $"{table} without row {row} ({key})");
                Restore(original);
            }
        }
        foreach (
            var sql in (string[])
                [
                    "INSERT INTO answer SELECT session_id, 'more', body_hash, answer, audit_index FROM answer WHERE request_id = 'r-1'",
                    "INSERT INTO answer SELECT session_id, 'r-9', body_hash, answer, 0 FROM answer WHERE request_id = 'r-1'",
                    "INSERT INTO session_state VALUES (9, 1, '', 0, 0)",
                ]
        )
        {
            Execute(sql + "; UPDATE head SET answers = (SELECT count(*) FROM answer)");
            await Assert.ThrowsAsync<JournalOpenException>(OpenAndClose);
            Restore(original);
        }
    }

    [Fact]
    public async Task An_index_that_leads_elsewhere_is_found()
    {
        await FillAsync();
        const string create = "'CREATE INDEX session_by_principal ON session (principal, sequence)'";
        // The index follows to another owner, then the table alone comes back.
        Execute("CREATE TABLE kept AS SELECT sequence, principal FROM session; UPDATE session SET principal = 'spiffe://thief'");
        Execute("CREATE TABLE place AS SELECT rootpage FROM sqlite_schema WHERE name = 'session_by_principal'");
        Execute("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'session_by_principal'");
        Execute("UPDATE session SET principal = (SELECT principal FROM kept WHERE kept.sequence = session.sequence); DROP TABLE kept");
        Execute(
            $"PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT 'index', 'session_by_principal', 'session', rootpage, {create} FROM place"
        );
        Execute("DROP TABLE place");
        Assert.Contains(
            "The journal's file is damaged",
            Assert.Throws<JournalOpenException>(_directory.Open).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_release_is_refused_twice_also_where_its_answer_is_gone()
    {
        var signed = Writes.Signed(1, "r-1", Writes.Shared(1, 5));
        await using var journal = _directory.Open();
        await journal.Append(Writes.Opened(1));
        await journal.Append(signed);
        await journal.Append(Writes.Signed(1, "r-2", Writes.Shared(1, 5)));
        await journal.Append(Writes.Released(signed, 1, "5"));
        // Behind the daemon's back, while it runs.
        Execute("UPDATE answer SET request_id = '$release 7' WHERE request_id = '$release 1'");

        var again = await Assert.ThrowsAsync<SignerException>(() => journal.Append(Writes.Released(signed, 1, "0")));

        Assert.Equal(ErrorCode.RequestIdReused, again.Code);
        var key = new SharedBudgetKey("policy", "desk", "desk", Writes.Budget);
        Assert.Equal("5", Assert.Single(journal.ReadSharedBudget(key, 0)).Spent.ToString());
    }

    [Fact]
    public async Task A_release_is_refused_twice_after_a_restart_too()
    {
        var signed = Writes.Signed(1, "r-1", Writes.Shared(1, 5));
        await using (var journal = _directory.Open())
        {
            await journal.Append(Writes.Opened(1));
            await journal.Append(signed);
            await journal.Append(Writes.Signed(1, "r-2", Writes.Shared(1, 5)));
            await journal.Append(Writes.Released(signed, 1, "5"));
        }
        await using var reopened = _directory.Open();
        Execute("DELETE FROM answer WHERE request_id = '$release 1'");
        var again = await Assert.ThrowsAsync<SignerException>(() => reopened.Append(Writes.Released(signed, 1, "0")));
        Assert.Equal(ErrorCode.RequestIdReused, again.Code);
    }

    // Two sessions, one of them ended; signatures; a release; a policy document; own and shared budgets.
    private async Task FillAsync()
    {
        var signed = Writes.Signed(2, "r-2", Writes.Shared(2, 5, "policy", "calendar_day", 1_699_920_000));
        await using var journal = _directory.Open();
        await journal.Append(Writes.Started());
        await journal.Append(Writes.Opened(1));
        await journal.Append(Writes.Opened(2, "spiffe://desk.example/bot/2"));
        await journal.Append(Writes.Signed(1, "r-1", 7));
        await journal.Append(signed with { Entry = signed.Entry with { Principal = "spiffe://desk.example/bot/2" } });
        await journal.Append(Writes.Released(signed, 4, "0"));
        await journal.Append(Writes.Ended(1, SessionEndReason.Revoked));
        await journal.Append(PolicyTests.FirstRoster("{}"u8.ToArray()));
    }

    // By the tables alone: what was acknowledged is forgotten.
    private async Task OpenAndClose()
    {
        File.Delete(_directory.Path + ".lock");
        await _directory.Open().DisposeAsync();
    }

    private void Restore(byte[] original)
    {
        File.Delete(_directory.Path + "-wal");
        File.Delete(_directory.Path + "-shm");
        File.WriteAllBytes(_directory.Path, original);
    }

    private List<(string Table, string Column)> Columns() =>
        Query(
                """
                SELECT s.name || ' ' || c.name FROM sqlite_schema s, pragma_table_info(s.name) c
                WHERE s.type = 'table' AND NOT (s.name = 'sqlite_sequence' AND c.name = 'name') ORDER BY 1
                """
            )
            .ConvertAll(line => (line.Split(' ')[0], line.Split(' ')[1]));

    private long Count(string table) => long.Parse(Query($"SELECT CAST(count(*) AS TEXT) FROM {table}")[0]);

    private List<string> Query(string sql)
    {
        using var connection = Connect();
        using var reader = connection.Prepare(sql).Read();
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(reader.GetString(0));
        }
        return lines;
    }

    private void Execute(string sql)
    {
        using var connection = Connect();
        connection.Run("PRAGMA ignore_check_constraints = ON");
        connection.Run("PRAGMA foreign_keys = OFF");
        connection.Run(sql);
    }

    private SqliteConnection Connect()
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection($"Data Source={_directory.Path};Pooling=false");
        connection.Open();
        return connection;
    }
}
