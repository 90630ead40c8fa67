using Microsoft.Data.Sqlite;

namespace SessionSigner.Storage;

/// <summary>The tables of the journal.</summary>
internal static class Schema
{
    /// <summary>Marks the file as a journal of this program ("SSJ1").</summary>
    public const int ApplicationId = 0x53534A31;

    public const int Version = 3;

    // One row per commit: the entries of a batch, each behind its length in two bytes, big-endian, and the root of the log after them.
    private const string Batch = """
        CREATE TABLE batch (
          first_index INTEGER NOT NULL PRIMARY KEY CHECK (first_index >= 0),
          count INTEGER NOT NULL CHECK (count > 0),
          entries BLOB NOT NULL,
          root BLOB NOT NULL CHECK (length(root) = 32)
        ) STRICT
        """;

    private const string Head = """
        CREATE TABLE head (
          id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
          version INTEGER NOT NULL,
          size INTEGER NOT NULL CHECK (size >= 0),
          root BLOB NOT NULL CHECK (length(root) = 32),
          frontier BLOB NOT NULL,
          answers INTEGER NOT NULL CHECK (answers >= 0)
        ) STRICT
        """;

    // What never changes after a session was opened. What changes is in session_state, so that a change does not rewrite the grant.
    private const string Session = """
        CREATE TABLE session (
          sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
          session_id TEXT NOT NULL UNIQUE,
          principal TEXT NOT NULL,
          policy TEXT NOT NULL,
          policy_digest BLOB NOT NULL CHECK (length(policy_digest) = 32),
          primary_key TEXT NOT NULL,
          grant_id BLOB NOT NULL UNIQUE CHECK (length(grant_id) = 32),
          account BLOB NOT NULL CHECK (length(account) = 20),
          address BLOB NOT NULL CHECK (length(address) = 20),
          public_key BLOB NOT NULL CHECK (length(public_key) = 33),
          not_before INTEGER NOT NULL,
          not_after INTEGER NOT NULL,
          opened_at_ms INTEGER NOT NULL,
          grant_json BLOB NOT NULL
        ) STRICT
        """;

    private const string SessionState = """
        CREATE TABLE session_state (
          sequence INTEGER NOT NULL PRIMARY KEY REFERENCES session (sequence),
          end_reason INTEGER NOT NULL CHECK (end_reason BETWEEN 0 AND 5),
          ended_by TEXT NOT NULL,
          ended_at_ms INTEGER NOT NULL,
          signatures INTEGER NOT NULL CHECK (signatures >= 0)
        ) STRICT
        """;

    private const string Budget = """
        CREATE TABLE budget (
          sequence INTEGER NOT NULL REFERENCES session (sequence),
          budget TEXT NOT NULL,
          window TEXT NOT NULL,
          bucket INTEGER NOT NULL,
          spent BLOB NOT NULL CHECK (length(spent) = 32),
          PRIMARY KEY (sequence, budget, window, bucket)
        ) STRICT, WITHOUT ROWID
        """;

    // What outlives the sessions that took it. The time of the latest entry says from when it counts if the budget's window changes.
    private const string SharedBudget = """
        CREATE TABLE shared_budget (
          per TEXT NOT NULL,
          subject TEXT NOT NULL,
          policy TEXT NOT NULL,
          budget TEXT NOT NULL,
          window TEXT NOT NULL,
          bucket INTEGER NOT NULL,
          spent BLOB NOT NULL CHECK (length(spent) = 32),
          last_ms INTEGER NOT NULL,
          PRIMARY KEY (per, subject, policy, budget, window, bucket)
        ) STRICT, WITHOUT ROWID
        """;

    private const string Answer = """
        CREATE TABLE answer (
          session_id TEXT NOT NULL,
          request_id TEXT NOT NULL,
          body_hash BLOB NOT NULL CHECK (length(body_hash) = 32),
          answer BLOB NOT NULL,
          audit_index INTEGER NOT NULL CHECK (audit_index >= 0),
          PRIMARY KEY (session_id, request_id)
        ) STRICT, WITHOUT ROWID
        """;

    // Policies and rosters that were proposed, too long for an entry; the entry has the digest.
    private const string PolicyDocument = """
        CREATE TABLE policy_document (
          digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
          document BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """;

    private const string SessionByPrincipal = "CREATE INDEX session_by_principal ON session (principal, sequence)";

    private const string SessionByPrimaryKey = "CREATE INDEX session_by_primary_key ON session (primary_key)";

    private const string OpenSession = "CREATE INDEX open_session ON session_state (sequence) WHERE end_reason = 0";

    private static readonly string[] Statements =
    [
        Batch,
        Head,
        Session,
        SessionState,
        Budget,
        SharedBudget,
        Answer,
        PolicyDocument,
        SessionByPrincipal,
        SessionByPrimaryKey,
        OpenSession,
    ];

    /// <summary>Creates the tables of an empty log in one transaction.</summary>
    public static void Create(SqliteConnection connection, byte[] emptyRoot)
    {
        connection.Run("BEGIN IMMEDIATE");
        foreach (var statement in Statements)
        {
            connection.Run(statement);
        }
        connection
            .Prepare("INSERT INTO head VALUES (1, $version, 0, $root, x'', 0)", "$version", "$root")
            .Set(0, Version)
            .Set(1, emptyRoot)
            .Run();
        connection.Run($"PRAGMA application_id = {ApplicationId}");
        connection.Run("COMMIT");
    }

    /// <summary>Refuses a file that is not a journal of this version, or that holds anything but its tables: a trigger could rewrite what is inserted.</summary>
    public static void Verify(SqliteConnection connection)
    {
        if (connection.ReadLong("PRAGMA application_id") != ApplicationId)
        {
            throw new JournalOpenException("The file is an SQLite database, but not a journal of this program.");
        }
        // First the version: a journal of another one has other tables.
        if (
            connection.ReadLong("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'head'") == 1
            && connection.ReadLong($"SELECT coalesce(max(version), {Version}) FROM head") is var version
            && version != Version
        )
        {
            throw new JournalOpenException(
                $"The journal has version {version}; this program reads version {Version} and does not convert. Open it with the program that wrote it, or begin a new one."
            );
        }
        var expected = Statements.ToHashSet();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'sqlite_sequence'";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var statement = reader.GetString(0);
                if (!expected.Remove(statement))
                {
                    throw new JournalOpenException(
                        $"The journal's tables are not those of version {Version}; unexpected: {FirstLine(statement)}"
                    );
                }
            }
        }
        if (expected.Count > 0)
        {
            throw new JournalOpenException(
                $"The journal's tables are not those of version {Version}; missing: {FirstLine(expected.First())}"
            );
        }
        if (connection.ReadLong("SELECT count(*) FROM head") != 1)
        {
            throw new JournalOpenException("The journal's head is gone.");
        }
    }

    private static string FirstLine(string statement) => statement.Split('\n')[0];
}
