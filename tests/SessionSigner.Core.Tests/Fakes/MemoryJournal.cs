using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>What a memory journal does with a write.</summary>
internal enum JournalMode
{
    Commit,

    /// <summary>Append throws at once: nothing was queued.</summary>
    Overloaded,

    /// <summary>Append throws at once and the journal is broken.</summary>
    FailAtOnce,

    /// <summary>Append queues, the commit fails and the journal is broken.</summary>
    FailCommit,

    /// <summary>Append queues; the commit waits for <see cref="MemoryJournal.Release"/>.</summary>
    Hold,
}

/// <summary>A journal in memory, with faults by the kind of entry. Writes become durable in the order of Append.</summary>
internal sealed class MemoryJournal : IJournal
{
    private readonly Lock _gate = new();
    private readonly List<(JournalWrite Write, TaskCompletionSource<long> Done)> _queue = [];
    private readonly List<JournalWrite> _durable = [];
    private readonly Dictionary<(string, string), FoundAnswer> _answers = [];
    private readonly List<SessionRecord> _sessions = [];
    private readonly PolicyLog _policies = new();
    private readonly MerkleTree _tree = new();

    /// <summary>What to do with a write; by default it commits.</summary>
    public Func<JournalWrite, JournalMode> Mode { get; set; } = _ => JournalMode.Commit;

    public bool IsWritable { get; private set; } = true;

    /// <summary>How many sessions each call of ListSessions asked for.</summary>
    public List<int> Asked { get; } = [];

    public TreeHead Head
    {
        get
        {
            lock (_gate)
            {
                return new(_tree.Size, new Hash32(_tree.Root()));
            }
        }
    }

    /// <summary>The durable writes, in order.</summary>
    public IReadOnlyList<JournalWrite> Durable
    {
        get
        {
            lock (_gate)
            {
                return [.. _durable];
            }
        }
    }

    public IReadOnlyList<Entry> Entries => [.. Durable.Select(write => write.Entry)];

    public IReadOnlyList<EntryKind> Kinds => [.. Entries.Select(entry => entry.Kind)];

    public Entry Single(EntryKind kind) => Assert.Single(Entries, entry => entry.Kind == kind);

    /// <summary>How many writes wait for <see cref="Release"/>.</summary>
    public int Held
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    public Task<long> Append(JournalWrite write)
    {
        lock (_gate)
        {
            if (!IsWritable)
            {
                throw Broken();
            }
            // Every entry must be one that the log can hold, whatever becomes of it.
            _ = EntryCodec.Encode(write.Entry);
            switch (Mode(write))
            {
                case JournalMode.Overloaded:
                    throw new SignerException(ErrorCode.Overloaded, "The queue is full.");
                case JournalMode.FailAtOnce:
                    IsWritable = false;
                    throw Broken();
                case JournalMode.FailCommit:
                    IsWritable = false;
                    return Task.FromException<long>(Broken());
                case JournalMode.Hold:
                    var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
                    _queue.Add((write, done));
                    return done.Task;
                default:
                    if (_queue.Count > 0)
                    {
                        goto case JournalMode.Hold;
                    }
                    return Task.FromResult(Commit(write));
            }
        }
    }

    /// <summary>Commits what is held.</summary>
    /// <param name="then">What becomes of later writes; they are committed if it is missing.</param>
    public void Release(JournalMode then = JournalMode.Commit)
    {
        lock (_gate)
        {
            Mode = _ => then;
            foreach (var (write, done) in _queue)
            {
                done.SetResult(Commit(write));
            }
            _queue.Clear();
        }
    }

    /// <summary>Fails what is held and breaks the journal.</summary>
    public void BreakHeld()
    {
        lock (_gate)
        {
            IsWritable = false;
            foreach (var (_, done) in _queue)
            {
                done.SetException(Broken());
            }
            _queue.Clear();
        }
    }

    public IReadOnlyList<StoredEntry> ReadEntries(long start, int countMax) =>
        [.. Entries.Skip((int)start).Take(countMax).Select((entry, i) => new StoredEntry(start + i, EntryCodec.Encode(entry)))];

    public async Task WaitForGrowthAsync(long size, CancellationToken cancellationToken)
    {
        while (Durable.Count <= size)
        {
            await Task.Delay(10, cancellationToken);
        }
    }

    public FoundAnswer? FindAnswer(string sessionId, string requestId)
    {
        lock (_gate)
        {
            return _answers.GetValueOrDefault((sessionId, requestId));
        }
    }

    public SessionRecord? FindSession(string sessionId)
    {
        lock (_gate)
        {
            return _sessions.Find(session => session.SessionId == sessionId);
        }
    }

    public SessionRecord? FindSessionByGrant(Hash32 grantId)
    {
        lock (_gate)
        {
            return _sessions.Find(session => session.GrantId == grantId);
        }
    }

    public IReadOnlyList<(long Sequence, SessionRecord Session)> ListSessions(
        string? principal,
        bool includeEnded,
        long? beforeSequence,
        int countMax
    )
    {
        lock (_gate)
        {
            Asked.Add(countMax);
            return
            [
                .. _sessions
                    .Select((session, i) => ((long)i, session))
                    .Reverse()
                    .Where(item =>
                        (principal is null || item.session.Principal == principal)
                        && (includeEnded || item.session.EndReason == SessionEndReason.None)
                        && (beforeSequence is null || item.Item1 < beforeSequence)
                    )
                    .Take(countMax),
            ];
        }
    }

    public IReadOnlyDictionary<string, long> CountGrants() =>
        Durable
            .Select(write => write.Opened)
            .OfType<SessionRecord>()
            .GroupBy(session => session.PrimaryKey)
            .ToDictionary(g => g.Key, g => g.LongCount());

    public IReadOnlyDictionary<string, UInt256> ReadBudgets(string sessionId)
    {
        var sums = new Dictionary<string, UInt256>();
        foreach (var write in Durable)
        {
            foreach (var delta in write.Debits.Where(delta => delta.SessionId == sessionId && delta.Per.Length == 0))
            {
                sums[delta.Budget] = Change(write, sums.GetValueOrDefault(delta.Budget), delta.Amount);
            }
        }
        return sums;
    }

    public IReadOnlyList<SharedBudgetRow> ReadSharedBudget(SharedBudgetKey key, long sinceMs)
    {
        var rows = new Dictionary<(string Window, long Bucket), SharedBudgetRow>();
        foreach (var write in Durable)
        {
            foreach (var delta in write.Debits.Where(delta => delta.Per == key.Per && delta.Budget == key.Budget))
            {
                var entry = write.Entry;
                var principal = write.Released?.Session.Principal ?? entry.Principal;
                if (
                    entry.Policy != key.Policy
                    || SharedBudgetKey.SubjectOf(key.Per, principal, entry.Policy, entry.PrimaryKey) != key.Subject
                )
                {
                    continue;
                }
                var row = rows.GetValueOrDefault((delta.Window, delta.Bucket));
                var last = write.Released is null ? Math.Max(row.LastMs, entry.TimeMs) : row.LastMs;
                rows[(delta.Window, delta.Bucket)] = new(delta.Window, delta.Bucket, last, Change(write, row.Spent, delta.Amount));
            }
        }
        return [.. rows.Values.Where(row => row.Bucket * 1_000 >= sinceMs || row.LastMs >= sinceMs)];
    }

    public IReadOnlyList<StoredEntry> PolicyHistory =>
        [
            .. Entries
                .Select((entry, i) => (Entry: entry, Index: i))
                .Where(item => item.Entry.Kind is >= EntryKind.PolicyProposed and <= EntryKind.PolicyRetired)
                .Select(item => new StoredEntry(item.Index, EntryCodec.Encode(item.Entry))),
        ];

    public ReadOnlyMemory<byte>? FindDocument(Hash32 digest) =>
        Durable.FirstOrDefault(write => write.Document.Length > 0 && Keccak256.Hash(write.Document.Span) == digest)?.Document;

    private static UInt256 Change(JournalWrite write, UInt256 sum, UInt256 amount)
    {
        var fits = write.Released is null ? UInt256.TryAdd(sum, amount, out var after) : UInt256.TrySubtract(sum, amount, out after);
        Assert.True(fits);
        return after;
    }

    private static SignerException Broken() => new(ErrorCode.JournalFailed, "The journal is broken.");

    private long Commit(JournalWrite write)
    {
        Assert.Null(_policies.FindFault(write.Entry));
        _policies.Apply(write.Entry);
        _durable.Add(write);
        _tree.Append(EntryCodec.Encode(write.Entry));
        var index = _durable.Count - 1;
        if (write.Answer is { } answer)
        {
            Assert.True(
                _answers.TryAdd((answer.SessionId, answer.RequestId), new FoundAnswer(answer.BodyHash, answer.Answer.ToArray(), index))
            );
        }
        if (write.Opened is { } opened)
        {
            _sessions.Add(opened);
        }
        if (write.Ended is { } end)
        {
            Update(end.SessionId, session => session with { EndReason = end.Reason, EndedBy = end.EndedBy, EndedAtMs = end.EndedAtMs });
        }
        if (write.Entry.Kind == EntryKind.Signed)
        {
            Update(write.Entry.SessionId, session => session with { Signatures = session.Signatures + 1 });
        }
        return index;
    }

    private void Update(string sessionId, Func<SessionRecord, SessionRecord> change)
    {
        var i = _sessions.FindIndex(session => session.SessionId == sessionId);
        Assert.True(i >= 0);
        _sessions[i] = change(_sessions[i]);
    }
}
