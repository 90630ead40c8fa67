namespace SessionSigner.Audit;

/// <summary>Something wrong with a log.</summary>
/// <param name="Index">Index of the entry at fault; the number of entries if the fault is of the whole log.</param>
/// <param name="Message">What is wrong: constant text.</param>
public sealed record LogFault(long Index, string Message);

/// <summary>What a verification found.</summary>
/// <param name="Size">Number of entries read.</param>
/// <param name="Root">Root hash over them: 32 bytes.</param>
/// <param name="Faults">What is wrong, at most <see cref="LogVerifier.FaultsMax"/>; empty if nothing is.</param>
public sealed record LogVerification(long Size, ReadOnlyMemory<byte> Root, IReadOnlyList<LogFault> Faults)
{
    /// <summary>True only if every entry is well formed, stands where it must, and all of them give the expected root.</summary>
    public bool IsValid => Faults.Count == 0;
}

/// <summary>
/// Recomputes a log from its entries: each must be the one encoding of a valid entry, sessions must open before they sign and sign nothing after they
/// end, a release must name a signature before it, once, with its amounts, policies must be proposed and approved before they come into force, and all
/// entries together must give the expected size and root. Needs nothing but the entries. Not thread safe; one per verification.
/// SPEC: proto/spec/audit-log.md, "Verification"
/// </summary>
public sealed class LogVerifier
{
    /// <summary>Most faults that are listed.</summary>
    public const int FaultsMax = 100;

    private readonly MerkleTree _tree = new();
    private readonly List<LogFault> _faults = [];
    private readonly SignedReservations _reservations = new();

    // The value tells whether the session has ended.
    private readonly Dictionary<string, bool> _sessions = [];
    private readonly PolicyLog _policies = new();

    /// <summary>Number of entries taken so far.</summary>
    public long Size => _tree.Size;

    /// <summary>Takes the next entry.</summary>
    /// <param name="index">The index its source gives it; must be the number of entries taken before.</param>
    /// <param name="entry">The entry's bytes.</param>
    /// <returns>The decoded entry, or null if it cannot be decoded.</returns>
    public Entry? Add(long index, ReadOnlySpan<byte> entry)
    {
        if (index != _tree.Size)
        {
            Report("The entry has another index: entries are missing, repeated or out of order.");
        }
        if (!EntryCodec.TryDecode(entry, out var decoded, out var fault))
        {
            Report(fault);
        }
        else
        {
            CheckOrder(decoded!);
        }
        _tree.Append(entry);
        return decoded;
    }

    /// <summary>Reports a fault at the next entry, found by whoever reads the entries.</summary>
    public void Report(string message)
    {
        if (_faults.Count < FaultsMax)
        {
            _faults.Add(new LogFault(_tree.Size, message));
        }
    }

    /// <summary>Compares with what the log should be.</summary>
    /// <param name="expectedSize">Number of entries.</param>
    /// <param name="expectedRoot32">Root hash.</param>
    public LogVerification Complete(long expectedSize, ReadOnlySpan<byte> expectedRoot32)
    {
        var root = _tree.Root();
        if (_tree.Size != expectedSize)
        {
            Report(_tree.Size < expectedSize ? "Entries are missing at the end." : "There are entries behind the end.");
        }
        else if (!expectedRoot32.SequenceEqual(root))
        {
            Report("The root differs: an entry was changed, or this is another log.");
        }
        return new LogVerification(_tree.Size, root, [.. _faults]);
    }

    private void CheckOrder(Entry entry)
    {
        if (_policies.FindFault(entry) is { } fault)
        {
            Report(fault);
        }
        else
        {
            _policies.Apply(entry);
        }
        if (_reservations.Add(_tree.Size, entry) is { } wrong)
        {
            Report(wrong);
        }
        if (entry.Kind == EntryKind.SessionOpened)
        {
            if (entry.SessionId.Length == 0 || !_sessions.TryAdd(entry.SessionId, false))
            {
                Report("The session has been opened before, or has no identifier.");
            }
        }
        else if (entry.Kind is EntryKind.Signed or EntryKind.SessionEnded)
        {
            if (!_sessions.TryGetValue(entry.SessionId, out var hasEnded) || hasEnded)
            {
                Report("The session is not open at this point of the log.");
            }
            _sessions[entry.SessionId] = entry.Kind == EntryKind.SessionEnded;
        }
    }
}
