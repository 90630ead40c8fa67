using System.Diagnostics.CodeAnalysis;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// A session whose key is, or was until just now, in the vault. Its lock guards its phase, its meters and its request index; it is never
/// held across I/O or an await. Every write about the session is queued to the journal under the lock and after a look at the phase, so
/// the log shows: opened, signed, ..., ended, and nothing signed after that. Thread safe.
/// </summary>
internal sealed partial class LiveSession
{
    private readonly Lock _gate = new();
    private readonly ISessionKey _key;
    private readonly SessionMeters _meters;
    private readonly RequestIndex _requests = new();
    private readonly TaskCompletionSource<long> _endDurable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Phase _phase = Phase.Opening;
    private bool _openingQueued;
    private SessionEnd? _end;
    private long _released;

    public LiveSession(
        SessionRecord record,
        string scopeJson,
        ISessionKey key,
        SessionClock clock,
        CompiledScope ceiling,
        CompiledScope? narrowing,
        SessionMeters meters
    )
    {
        Record = record;
        ScopeJson = scopeJson;
        Clock = clock;
        Ceiling = ceiling;
        Narrowing = narrowing;
        _key = key;
        _meters = meters;
    }

    private enum Phase
    {
        Opening,
        Open,
        Ended,
    }

    /// <summary>What was fixed at the opening.</summary>
    public SessionRecord Record { get; private set; }

    /// <summary>The effective scope as canonical JSON.</summary>
    public string ScopeJson { get; }

    public SessionClock Clock { get; }

    /// <summary>What the scope may ask of the session.</summary>
    public SessionFacts Facts => new(Record.Address, Record.NotAfter, Record.Account);

    public CompiledScope Ceiling { get; }

    public CompiledScope? Narrowing { get; }

    /// <summary>Completes with the index of the entry that records the end, once it is durable; faults if that failed.</summary>
    public Task<long> EndDurable => _endDurable.Task;

    /// <summary>Whether its key may still be in the vault.</summary>
    public bool HoldsKey
    {
        get
        {
            lock (_gate)
            {
                return _phase != Phase.Ended;
            }
        }
    }

    /// <summary>Whether it has been opened and has not ended.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _phase == Phase.Open;
            }
        }
    }

    /// <summary>Whether it was revoked; nothing of it leaves any more then, not even what was signed before.</summary>
    public bool IsRevoked
    {
        get
        {
            lock (_gate)
            {
                return IsRevokedInLock;
            }
        }
    }

    /// <summary>Whether the log has or will have it, and it is no longer being opened.</summary>
    public bool IsInLog
    {
        get
        {
            lock (_gate)
            {
                return _phase == Phase.Open || (_phase == Phase.Ended && _openingQueued);
            }
        }
    }

    /// <summary>Queues the opening, with the record that holds the signed grant.</summary>
    /// <returns>False if the session was ended meanwhile; nothing is queued then.</returns>
    public bool TryQueueOpening(IJournal journal, SessionRecord record, JournalWrite write, [NotNullWhen(true)] out Task<long>? durable)
    {
        durable = null;
        lock (_gate)
        {
            if (_phase != Phase.Opening)
            {
                return false;
            }
            durable = journal.Append(write);
            Record = record;
            _openingQueued = true;
            return true;
        }
    }

    /// <summary>Lets the session sign, once its opening is durable.</summary>
    /// <returns>False if it was ended meanwhile.</returns>
    public bool TryActivate()
    {
        lock (_gate)
        {
            if (_phase != Phase.Opening || !_openingQueued)
            {
                return false;
            }
            _phase = Phase.Open;
            return true;
        }
    }

    /// <summary>Ends the session and wipes its key; nothing is journaled yet. When this returns true, no use of the key is under way.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="endedBy">Who, or empty.</param>
    /// <returns>False if it had ended.</returns>
    public bool TryEnd(SessionEndReason reason, string endedBy)
    {
        lock (_gate)
        {
            if (_phase == Phase.Ended)
            {
                return false;
            }
            _phase = Phase.Ended;
            _end = new SessionEnd(Record.SessionId, reason, endedBy, Clock.NowMs);
        }
        _key.Dispose();
        return true;
    }

    /// <summary>The end, if the log has the session as open and must be told; null for a session that never got into the log.</summary>
    public SessionEnd? EndToJournal
    {
        get
        {
            lock (_gate)
            {
                return _openingQueued ? _end : null;
            }
        }
    }

    public void CompleteEnd(long auditIndex) => _endDurable.TrySetResult(auditIndex);

    public void FailEnd(Exception failure)
    {
        _endDurable.TrySetException(failure);
        _ = _endDurable.Task.Exception;
    }

    /// <summary>What is left now; empty if the session has ended.</summary>
    public IReadOnlyList<Headroom> ReadHeadroom()
    {
        UInt256[] remaining;
        lock (_gate)
        {
            if (_phase == Phase.Ended)
            {
                return [];
            }
            remaining = _meters.Snapshot(Clock.ReadMeterTime());
        }
        return Describe(remaining);
    }

    /// <summary>Puts what is left into words.</summary>
    public IReadOnlyList<Headroom> Describe(ReadOnlySpan<UInt256> remaining) => remaining.IsEmpty ? [] : _meters.Describe(remaining);

    /// <summary>The session as it is now.</summary>
    public SessionView ToView()
    {
        SessionRecord record;
        lock (_gate)
        {
            record = Record with { Signatures = _released };
            if (_end is { } end)
            {
                record = record with { EndReason = end.Reason, EndedBy = end.EndedBy, EndedAtMs = end.EndedAtMs };
            }
        }
        return SessionViews.Create(record, ScopeJson, ReadHeadroom());
    }

    /// <summary>The refusal of this session, which has ended.</summary>
    public Denial EndedDenialNow()
    {
        lock (_gate)
        {
            return EndedDenial(_end?.Reason ?? SessionEndReason.None);
        }
    }

    /// <summary>The refusal of a session that has ended.</summary>
    public static Denial EndedDenial(SessionEndReason reason) =>
        new(
            DenialReason.SessionEnded,
            "session.state",
            reason switch
            {
                SessionEndReason.Closed => "closed",
                SessionEndReason.Expired => "expired",
                SessionEndReason.Revoked => "revoked",
                SessionEndReason.Shutdown => "shutdown",
                SessionEndReason.Lost => "lost",
                _ => "not open",
            },
            "open"
        );
}
