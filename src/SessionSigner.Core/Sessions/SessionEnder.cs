using System.Text;
using SessionSigner.Audit;

namespace SessionSigner.Core;

/// <summary>Ends sessions: the key is wiped first, then the end is journaled. Thread safe.</summary>
internal sealed class SessionEnder(IJournal journal, SessionTable table, TimeProvider time, SessionOptions options)
{
    /// <summary>Ends a session and journals the end in the background.</summary>
    /// <returns>Completes with the index of the end's entry once it is durable, whoever ended the session.</returns>
    public Task<long> End(LiveSession session, SessionEndReason reason, string endedBy)
    {
        if (session.TryEnd(reason, endedBy))
        {
            _ = JournalAsync(session);
        }
        return session.EndDurable;
    }

    /// <summary>Wipes a key whose opening failed. If the log has the session all the same, its end is journaled too.</summary>
    public void Abandon(LiveSession session)
    {
        if (session.TryEnd(SessionEndReason.Lost, ""))
        {
            _ = JournalAsync(session);
        }
    }

    /// <summary>Ends every session whose window has passed.</summary>
    public void EndExpired()
    {
        foreach (var session in table.All)
        {
            if (session.IsOpen && session.Clock.HasExpired)
            {
                _ = End(session, SessionEndReason.Expired, "");
            }
        }
    }

    /// <summary>Ends every session that matches: wipes the keys, journals the order, then the ends.</summary>
    public Task<RevocationResult> RevokeAsync(Principal caller, RevocationSelector selector, string reason)
    {
        var order = new Entry
        {
            Kind = EntryKind.RevocationOrdered,
            TimeMs = NowMs,
            Principal = caller.Identity,
            Detail = AuditText.Clip($"{selector.Text}; {reason}", 512),
        };
        return RevokeAsync(caller, selector, order);
    }

    /// <summary>The same with an entry of the caller's own as the order.</summary>
    public async Task<RevocationResult> RevokeAsync(Principal caller, RevocationSelector selector, Entry order)
    {
        // 1. Wipe. Sessions that are being opened are ended too; their opening then fails.
        var matching = new HashSet<LiveSession>();
        var wiped = new List<LiveSession>();
        WipeMatching();
        try
        {
            // 2. Journal the order.
            var index = await AppendAsync(new JournalWrite(order));
            // 3. Wipe again: a session whose opening got into the log just before the order was in the table by then.
            WipeMatching();
            // 4. Journal the ends, and wait for those that others are journaling.
            await Task.WhenAll(wiped.Select(JournalAsync));
            await Task.WhenAll(matching.Where(session => session.IsInLog).Select(session => session.EndDurable));
            return new RevocationResult(
                [.. wiped.Where(session => session.IsInLog).Select(session => session.Record.SessionId).Order(StringComparer.Ordinal)],
                index
            );
        }
        catch (Exception failure)
        {
            wiped.ForEach(session => session.FailEnd(failure));
            throw;
        }

        void WipeMatching()
        {
            foreach (var session in table.All.Where(session => selector.Matches(session.Record)))
            {
                matching.Add(session);
                if (session.TryEnd(SessionEndReason.Revoked, caller.Identity))
                {
                    wiped.Add(session);
                }
            }
        }
    }

    /// <summary>Lets no session open any more, wipes every key, then journals the ends.</summary>
    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        table.Close();
        var sessions = table.All.ToList();
        var wiped = sessions.Where(session => session.TryEnd(SessionEndReason.Shutdown, "")).ToList();
        wiped.ForEach(session => _ = JournalAsync(session));
        await Task.WhenAll(sessions.Select(session => session.EndDurable)).WaitAsync(cancellationToken);
    }

    /// <summary>Ends in the log every session that a daemon which stopped without shutting down left open.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RecoverAsync()
    {
        const int page = 500;
        var ends = new List<Task<long>>();
        long? before = null;
        while (true)
        {
            var sessions = journal.ListSessions(null, includeEnded: false, before, page);
            ends.AddRange(
                sessions
                    .Where(item => table.Find(item.Session.SessionId) is null)
                    .Select(item =>
                        AppendAsync(ToWrite(item.Session, new SessionEnd(item.Session.SessionId, SessionEndReason.Lost, "", NowMs)))
                    )
            );
            if (sessions.Count < page)
            {
                break;
            }
            before = sessions[^1].Sequence;
        }
        await Task.WhenAll(ends);
        return ends.Count;
    }

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task JournalAsync(LiveSession session)
    {
        try
        {
            var index = session.EndToJournal is { } end ? await AppendAsync(ToWrite(session.Record, end)) : -1;
            session.CompleteEnd(index);
            table.Remove(session);
        }
        catch (Exception failure)
        {
            // The session stays in the table as ended: the log still has it as open, until the next start ends it there.
            session.FailEnd(failure);
        }
    }

    private async Task<long> AppendAsync(JournalWrite write)
    {
        while (true)
        {
            try
            {
                return await journal.Append(write);
            }
            catch (SignerException failure) when (failure.Code == ErrorCode.Overloaded)
            {
                await Task.Delay(options.JournalRetryInterval, time);
            }
        }
    }

    private static JournalWrite ToWrite(SessionRecord session, SessionEnd end)
    {
        var reason = SessionEnd.WordOf(end.Reason);
        var entry = new Entry
        {
            Kind = EntryKind.SessionEnded,
            TimeMs = end.EndedAtMs,
            Principal = end.EndedBy,
            SessionId = session.SessionId,
            Policy = session.Policy,
            PolicyDigest = session.PolicyDigest.ToArray(),
            PrimaryKey = session.PrimaryKey,
            Detail = reason,
        };
        return new JournalWrite(entry)
        {
            Ended = end,
            Answer = new StoredAnswer(session.SessionId, SessionEnd.AnswerId, default, Encoding.ASCII.GetBytes(reason)),
        };
    }
}
