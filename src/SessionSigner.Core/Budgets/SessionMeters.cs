using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>All meters of a session: its own cap on signatures, the ceiling's and the narrowing's. Not thread safe: the session's lock guards it.</summary>
internal sealed class SessionMeters
{
    private readonly SideMeters _session;
    private readonly SideMeters _ceiling;
    private readonly SideMeters? _narrowing;

    private SessionMeters(SideMeters session, SideMeters ceiling, SideMeters? narrowing)
    {
        _session = session;
        _ceiling = ceiling;
        _narrowing = narrowing;
    }

    /// <summary>How many numbers <see cref="Snapshot"/> returns.</summary>
    public int Size => _ceiling.Size + (_narrowing?.Size ?? 0) + _session.Size;

    /// <summary>Makes meters at which nothing has been taken.</summary>
    public static SessionMeters Create(CompiledScope ceiling, CompiledScope? narrowing, int maxSignatures) =>
        new(
            new SideMeters([], [], new CountMeter("session.max_signatures", maxSignatures)),
            Create(ceiling),
            narrowing is null ? null : Create(narrowing)
        );

    /// <summary>The first rule of any side that has no room for the debits, or null. Changes nothing.</summary>
    public Denial? Check(ScopeEvaluation debits, long nowMs) =>
        _session.Check([], nowMs) ?? _ceiling.Check(debits.Ceiling.Items, nowMs) ?? _narrowing?.Check(debits.Narrowing.Items, nowMs);

    /// <summary>Takes the debits of every side, or of none.</summary>
    /// <returns>The refusal, or null if everything was taken.</returns>
    public Denial? TryReserve(ScopeEvaluation debits, long nowMs)
    {
        if (Check(debits, nowMs) is { } denial)
        {
            return denial;
        }
        _session.Reserve([], nowMs);
        _ceiling.Reserve(debits.Ceiling.Items, nowMs);
        _narrowing?.Reserve(debits.Narrowing.Items, nowMs);
        return null;
    }

    /// <summary>Gives a reservation back. Only for a signature that was never queued to the journal and never left.</summary>
    public void Release(ScopeEvaluation debits, long reservedAtMs)
    {
        _session.Release([], reservedAtMs);
        _ceiling.Release(debits.Ceiling.Items, reservedAtMs);
        _narrowing?.Release(debits.Narrowing.Items, reservedAtMs);
    }

    /// <summary>What booking a reservation would make of the totals, for the log.</summary>
    public IReadOnlyList<BookedDebit> PreviewBooking(ScopeEvaluation debits)
    {
        if (debits.Ceiling.Count + debits.Narrowing.Count == 0)
        {
            return [];
        }
        var booked = new List<BookedDebit>(debits.Ceiling.Count + debits.Narrowing.Count);
        _ceiling.Preview(debits.Ceiling.Items, booked);
        _narrowing?.Preview(debits.Narrowing.Items, booked);
        return booked;
    }

    /// <summary>Books a reservation; called in the order of the log.</summary>
    public void Book(ScopeEvaluation debits)
    {
        _ceiling.Book(debits.Ceiling.Items);
        _narrowing?.Book(debits.Narrowing.Items);
    }

    /// <summary>What is left of every rule now.</summary>
    public UInt256[] Snapshot(long nowMs)
    {
        var remaining = new UInt256[Size];
        _ceiling.Snapshot(remaining, nowMs);
        _narrowing?.Snapshot(remaining.AsSpan(_ceiling.Size), nowMs);
        _session.Snapshot(remaining.AsSpan(Size - _session.Size), nowMs);
        return remaining;
    }

    /// <summary>Takes from a snapshot what a reservation would take.</summary>
    public void Subtract(ScopeEvaluation debits, Span<UInt256> remaining)
    {
        _ceiling.Subtract(debits.Ceiling.Items, remaining);
        _narrowing?.Subtract(debits.Narrowing.Items, remaining[_ceiling.Size..]);
        _session.Subtract([], remaining[(Size - _session.Size)..]);
    }

    /// <summary>Puts a snapshot into words. Needs no lock.</summary>
    public IReadOnlyList<Headroom> Describe(ReadOnlySpan<UInt256> remaining)
    {
        var headroom = new List<Headroom>(Size);
        _ceiling.Describe(remaining, headroom);
        _narrowing?.Describe(remaining[_ceiling.Size..], headroom);
        _session.Describe(remaining[(Size - _session.Size)..], headroom);
        return headroom;
    }

    private static SideMeters Create(CompiledScope scope) =>
        new(
            scope.Budgets.Select(rule => new BudgetMeter(rule.Path, rule.Unit, rule.Limit)),
            scope.Rates.Select(rule => new RateMeter(rule.Path, rule.Max, rule.WindowSeconds)),
            scope.MaxSignatures is { } max ? new CountMeter(scope.MaxSignaturesPath, max) : null
        );
}
