using Microsoft.Data.Sqlite;
using SessionSigner.Audit;
using SessionSigner.Core;

namespace SessionSigner.Storage;

/// <summary>
/// Sessions and budgets as the writer sees them: in memory for open sessions, read from the database for others. Admits a write in queue order or
/// says why not; changes become durable with <see cref="Flush"/> in the same transaction. Writer thread only.
/// </summary>
internal sealed class SessionLedger(SqliteConnection connection)
{
    private readonly Dictionary<string, SessionState> _sessions = [];
    private readonly List<SessionState> _touched = [];
    private readonly BudgetLedger _budgets = new(connection);

    private readonly Statement _select = connection.Prepare(
        "SELECT s.sequence, t.signatures, t.end_reason FROM session s JOIN session_state t USING (sequence) WHERE s.session_id = $id",
        "$id"
    );

    private readonly Statement _selectConflict = connection.Prepare(
        "SELECT 1 FROM session WHERE session_id = $id OR grant_id = $grant",
        "$id",
        "$grant"
    );

    private readonly Statement _insert = connection.Prepare(
        """
        INSERT INTO session (session_id, principal, policy, policy_digest, primary_key, grant_id, account, address, public_key,
          not_before, not_after, opened_at_ms, grant_json)
        VALUES ($a, $b, $c, $d, $e, $f, $g, $h, $i, $j, $k, $l, $m) RETURNING sequence
        """,
        ["$a", "$b", "$c", "$d", "$e", "$f", "$g", "$h", "$i", "$j", "$k", "$l", "$m"]
    );

    private readonly Statement _insertState = connection.Prepare("INSERT INTO session_state VALUES ($sequence, 0, '', 0, 0)", "$sequence");

    private readonly Statement _updateState = connection.Prepare(
        "UPDATE session_state SET signatures = $signatures, end_reason = $reason, ended_by = $by, ended_at_ms = $at WHERE sequence = $sequence",
        "$sequence",
        "$signatures",
        "$reason",
        "$by",
        "$at"
    );

    /// <summary>Says why a write may not be part of the log, changing nothing, or null.</summary>
    public SignerException? FindRejection(JournalWrite write)
    {
        if (write.Opened is { } opened)
        {
            return Conflicts(opened) ? JournalErrors.SessionExists() : null;
        }
        if (!IsOfSession(write.Entry.Kind))
        {
            return null;
        }
        if (Find(write.Entry.SessionId) is not { } session)
        {
            return JournalErrors.SessionNotFound();
        }
        if (write.Released is not null)
        {
            return _budgets.WouldUnderflow(session.Sequence, write) ? JournalErrors.BudgetUnderflow() : null;
        }
        // The last word on "nothing is signed after the end": the order of the log.
        if (session.EndReason != SessionEndReason.None)
        {
            return JournalErrors.SessionEnded();
        }
        return _budgets.WouldOverflow(session.Sequence, write) ? JournalErrors.BudgetOverflow() : null;
    }

    /// <summary>Applies an admitted write.</summary>
    public void Apply(JournalWrite write)
    {
        if (write.Opened is { } opened)
        {
            Insert(opened);
            return;
        }
        if (!IsOfSession(write.Entry.Kind) || Find(write.Entry.SessionId) is not { } session)
        {
            return;
        }
        if (write.Released is not null)
        {
            _budgets.Apply(session.Sequence, write);
            return;
        }
        if (!session.IsTouched)
        {
            session.IsTouched = true;
            _touched.Add(session);
        }
        if (write.Ended is { } ended)
        {
            session.EndReason = ended.Reason;
            session.EndedBy = ended.EndedBy;
            session.EndedAtMs = ended.EndedAtMs;
            return;
        }
        session.Signatures++;
        _budgets.Apply(session.Sequence, write);
    }

    /// <summary>Writes what the batch changed.</summary>
    public void Flush()
    {
        foreach (var session in _touched)
        {
            _updateState
                .Set(0, session.Sequence)
                .Set(1, session.Signatures)
                .Set(2, (long)session.EndReason)
                .Set(3, session.EndedBy)
                .Set(4, session.EndedAtMs)
                .Run();
            session.IsTouched = false;
            if (session.EndReason != SessionEndReason.None)
            {
                _sessions.Remove(session.SessionId);
            }
        }
        _touched.Clear();
        _budgets.Flush();
    }

    private static bool IsOfSession(EntryKind kind) => kind is EntryKind.Signed or EntryKind.SessionEnded or EntryKind.ReservationReleased;

    private bool Conflicts(SessionRecord opened)
    {
        using var reader = _selectConflict.Set(0, opened.SessionId).Set(1, opened.GrantId.ToArray()).Read();
        return reader.Read();
    }

    private SessionState? Find(string sessionId)
    {
        if (_sessions.TryGetValue(sessionId, out var session))
        {
            return session;
        }
        using (var reader = _select.Set(0, sessionId).Read())
        {
            if (!reader.Read())
            {
                return null;
            }
            session = new SessionState(sessionId, reader.GetInt64(0))
            {
                Signatures = reader.GetInt64(1),
                EndReason = (SessionEndReason)reader.GetInt64(2),
            };
        }
        if (session.EndReason != SessionEndReason.None)
        {
            return session;
        }
        _sessions.Add(sessionId, session);
        return session;
    }

    private void Insert(SessionRecord opened)
    {
        _insert
            .Set(0, opened.SessionId)
            .Set(1, opened.Principal)
            .Set(2, opened.Policy)
            .Set(3, opened.PolicyDigest.ToArray())
            .Set(4, opened.PrimaryKey)
            .Set(5, opened.GrantId.ToArray())
            .Set(6, opened.Account.ToArray())
            .Set(7, opened.Address.ToArray())
            .Set(8, opened.PublicKey.ToArray())
            .Set(9, opened.NotBefore)
            .Set(10, opened.NotAfter)
            .Set(11, opened.OpenedAtMs)
            .Set(12, opened.GrantJson.ToArray());
        long sequence;
        using (var reader = _insert.Read())
        {
            reader.Read();
            sequence = reader.GetInt64(0);
        }
        _insertState.Set(0, sequence).Run();
        _sessions.Add(opened.SessionId, new SessionState(opened.SessionId, sequence));
    }
}
