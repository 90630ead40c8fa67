using Microsoft.Data.Sqlite;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage;

/// <summary>The queries, on one read-only connection. Not thread safe; see <see cref="ReaderPool"/>.</summary>
internal sealed class JournalReader(SqliteConnection connection) : IDisposable
{
    /// <summary>A read of entries stops once it has this many bytes; it always has at least one entry.</summary>
    public const int EntriesBytesMax = 1024 * 1024;

    /// <summary>Everything of all sessions; the columns that <see cref="ReadSession"/> reads.</summary>
    public const string SessionColumns = """
        SELECT s.sequence, s.session_id, s.principal, s.policy, s.policy_digest, s.primary_key, s.grant_id, s.account, s.address, s.public_key,
          s.not_before, s.not_after, s.opened_at_ms, s.grant_json, t.end_reason, t.ended_by, t.ended_at_ms, t.signatures
        FROM session s JOIN session_state t USING (sequence)
        """;

    private readonly Statement _entries = connection.Prepare(
        """
        SELECT first_index, count, entries FROM batch
        WHERE first_index >= (SELECT max(first_index) FROM batch WHERE first_index <= $start) ORDER BY first_index
        """,
        "$start"
    );

    private readonly Statement _answer = connection.Prepare(
        "SELECT body_hash, answer, audit_index FROM answer WHERE session_id = $session AND request_id = $request",
        "$session",
        "$request"
    );

    private readonly Statement _session = connection.Prepare(SessionColumns + " WHERE s.session_id = $id", "$id");

    private readonly Statement _sessionByGrant = connection.Prepare(SessionColumns + " WHERE s.grant_id = $grant", "$grant");

    private readonly Statement _allSessions = connection.Prepare(
        SessionColumns + " WHERE s.sequence < $before ORDER BY s.sequence DESC LIMIT $count",
        "$before",
        "$count"
    );

    private readonly Statement _openSessions = connection.Prepare(
        SessionColumns + " WHERE s.sequence < $before AND t.end_reason = 0 ORDER BY t.sequence DESC LIMIT $count",
        "$before",
        "$count"
    );

    private readonly Statement _sessionsOf = connection.Prepare(
        SessionColumns + " WHERE s.sequence < $before AND s.principal = $principal ORDER BY s.sequence DESC LIMIT $count",
        "$before",
        "$count",
        "$principal"
    );

    private readonly Statement _openSessionsOf = connection.Prepare(
        SessionColumns
            + " WHERE s.sequence < $before AND t.end_reason = 0 AND s.principal = $principal ORDER BY t.sequence DESC LIMIT $count",
        "$before",
        "$count",
        "$principal"
    );

    private readonly Statement _grants = connection.Prepare("SELECT primary_key, count(*) FROM session GROUP BY primary_key");

    private readonly Statement _budgets = connection.Prepare(
        "SELECT budget, spent FROM budget WHERE sequence = (SELECT sequence FROM session WHERE session_id = $id)",
        "$id"
    );

    private readonly Statement _document = connection.Prepare("SELECT document FROM policy_document WHERE digest = $digest", "$digest");

    private readonly Statement _sharedBudget = connection.Prepare(
        """
        SELECT window, bucket, last_ms, spent FROM shared_budget
        WHERE per = $per AND subject = $subject AND policy = $policy AND budget = $budget AND (bucket * 1000 >= $since OR last_ms >= $since)
        """,
        ["$per", "$subject", "$policy", "$budget", "$since"]
    );

    public List<StoredEntry> ReadEntries(long start, int countMax, long size)
    {
        var entries = new List<StoredEntry>();
        var bytes = 0;
        using var reader = _entries.Set(0, start).Read();
        while (entries.Count < countMax && bytes < EntriesBytesMax && reader.Read())
        {
            var index = reader.GetInt64(0);
            var end = index + reader.GetInt64(1);
            ReadOnlyMemory<byte> bundle = reader.GetFieldValue<byte[]>(2);
            for (; index < end && index < size && entries.Count < countMax && bytes < EntriesBytesMax; index++)
            {
                if (!EntryBundle.TryTake(ref bundle, out var entry))
                {
                    throw JournalErrors.Failed();
                }
                if (index >= start)
                {
                    entries.Add(new StoredEntry(index, entry));
                    bytes += entry.Length;
                }
            }
        }
        return entries;
    }

    public FoundAnswer? FindAnswer(string sessionId, string requestId)
    {
        using var reader = _answer.Set(0, sessionId).Set(1, requestId).Read();
        return reader.Read()
            ? new FoundAnswer(new Hash32(reader.GetFieldValue<byte[]>(0)), reader.GetFieldValue<byte[]>(1), reader.GetInt64(2))
            : null;
    }

    public SessionRecord? FindSession(string sessionId) => ReadSessions(_session.Set(0, sessionId)).FirstOrDefault().Session;

    public SessionRecord? FindSessionByGrant(Hash32 grantId) =>
        ReadSessions(_sessionByGrant.Set(0, grantId.ToArray())).FirstOrDefault().Session;

    public List<(long Sequence, SessionRecord Session)> ListSessions(string? principal, bool includeEnded, long before, int countMax)
    {
        var statement = principal is null
            ? includeEnded
                ? _allSessions
                : _openSessions
            : includeEnded
                ? _sessionsOf
                : _openSessionsOf;
        statement.Set(0, before).Set(1, countMax);
        return ReadSessions(principal is null ? statement : statement.Set(2, principal));
    }

    public Dictionary<string, long> CountGrants()
    {
        var counts = new Dictionary<string, long>();
        using var reader = _grants.Read();
        while (reader.Read())
        {
            counts.Add(reader.GetString(0), reader.GetInt64(1));
        }
        return counts;
    }

    public Dictionary<string, UInt256> ReadBudgets(string sessionId)
    {
        var budgets = new Dictionary<string, UInt256>();
        using var reader = _budgets.Set(0, sessionId).Read();
        while (reader.Read())
        {
            var budget = reader.GetString(0);
            var spent = UInt256.FromBigEndian(reader.GetFieldValue<byte[]>(1));
            // Each part of a window is within the budget's limit, but all together may be more than a number can say.
            budgets[budget] = UInt256.TryAdd(budgets.GetValueOrDefault(budget), spent, out var sum) ? sum : UInt256.MaxValue;
        }
        return budgets;
    }

    public byte[]? FindDocument(Hash32 digest)
    {
        using var reader = _document.Set(0, digest.ToArray()).Read();
        return reader.Read() ? reader.GetFieldValue<byte[]>(0) : null;
    }

    public List<SharedBudgetRow> ReadSharedBudget(SharedBudgetKey key, long sinceMs)
    {
        var rows = new List<SharedBudgetRow>();
        using var reader = _sharedBudget.Set(0, key.Per).Set(1, key.Subject).Set(2, key.Policy).Set(3, key.Budget).Set(4, sinceMs).Read();
        while (reader.Read())
        {
            var spent = UInt256.FromBigEndian(reader.GetFieldValue<byte[]>(3));
            rows.Add(new SharedBudgetRow(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), spent));
        }
        return rows;
    }

    public void Dispose() => connection.Dispose();

    private static List<(long Sequence, SessionRecord Session)> ReadSessions(Statement statement)
    {
        var sessions = new List<(long, SessionRecord)>();
        using var reader = statement.Read();
        while (reader.Read())
        {
            sessions.Add((reader.GetInt64(0), ReadSession(reader)));
        }
        return sessions;
    }

    /// <summary>A row of <see cref="SessionColumns"/>.</summary>
    public static SessionRecord ReadSession(SqliteDataReader row) =>
        new()
        {
            SessionId = row.GetString(1),
            Principal = row.GetString(2),
            Policy = row.GetString(3),
            PolicyDigest = new Hash32(row.GetFieldValue<byte[]>(4)),
            PrimaryKey = row.GetString(5),
            GrantId = new Hash32(row.GetFieldValue<byte[]>(6)),
            Account = new Address(row.GetFieldValue<byte[]>(7)),
            Address = new Address(row.GetFieldValue<byte[]>(8)),
            PublicKey = row.GetFieldValue<byte[]>(9),
            NotBefore = row.GetInt64(10),
            NotAfter = row.GetInt64(11),
            OpenedAtMs = row.GetInt64(12),
            GrantJson = row.GetFieldValue<byte[]>(13),
            EndReason = (SessionEndReason)row.GetInt64(14),
            EndedBy = row.GetString(15),
            EndedAtMs = row.GetInt64(16),
            Signatures = row.GetInt64(17),
        };
}
