using System.Diagnostics.CodeAnalysis;
using SessionSigner.Audit;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// All meters of a session: its own cap on signatures, the ceiling's and the narrowing's. The session's lock guards it; around every use of totals
/// that are shared it takes their sets' locks as well, in their fixed order.
/// </summary>
internal sealed class SessionMeters
{
    private readonly SideMeters _session;
    private readonly SideMeters _ceiling;
    private readonly SideMeters? _narrowing;
    private readonly SharedSet[] _shared;
    private readonly Replacements _replacements = new();

    private SessionMeters(SideMeters session, SideMeters ceiling, SideMeters? narrowing, SharedSet[] shared)
    {
        _session = session;
        _ceiling = ceiling;
        _narrowing = narrowing;
        _shared = shared;
    }

    private int Size => _ceiling.Size + (_narrowing?.Size ?? 0) + _session.Size;

    /// <summary>Makes the meters of a new session: nothing has been taken from its own, the shared ones are as they are. May read the journal.</summary>
    public static SessionMeters Create(
        CompiledScope ceiling,
        CompiledScope? narrowing,
        int maxSignatures,
        SessionRecord session,
        SharedMeters shared
    )
    {
        var sets = new SortedDictionary<BudgetPer, SharedSet>();
        foreach (var per in ceiling.Budgets.Select(rule => rule.Per).Where(per => per != BudgetPer.Session))
        {
            sets.TryAdd(per, shared.FindSet(per, session));
        }
        return new SessionMeters(
            new SideMeters([], [], new CountMeter("session.max_signatures", maxSignatures)),
            Create(ceiling, rule => rule.Per == BudgetPer.Session ? new BudgetTotal(rule.Window) : shared.FindTotal(sets[rule.Per], rule)),
            narrowing is null ? null : Create(narrowing, rule => new BudgetTotal(rule.Window)),
            [.. sets.Values]
        );
    }

    /// <summary>Takes the debits of every side, or of none.</summary>
    /// <param name="debits">What the evaluation debits; its reservation becomes what was taken.</param>
    /// <param name="now">The moment.</param>
    public MeterDecision TryReserve(ScopeEvaluation debits, MeterTime now)
    {
        var replacing = new Replacing(debits.Slot, _replacements);
        var reservation = debits.Reservation;
        reservation.Clear();
        EnterShared();
        try
        {
            if (!HasRoom(debits, replacing, now, out var unmet))
            {
                return MeterDecision.Refuse(unmet, [], now);
            }
            _session.Reserve([], replacing, now, reservation);
            _ceiling.Reserve(debits.Ceiling.Items, replacing, now, reservation);
            _narrowing?.Reserve(debits.Narrowing.Items, replacing, now, reservation);
            _replacements.Touch(debits.Slot);
            return MeterDecision.Allow(Read(now), now);
        }
        finally
        {
            ExitShared();
        }
    }

    /// <summary>What <see cref="TryReserve"/> would answer and leave; takes nothing.</summary>
    /// <param name="debits">As there.</param>
    /// <param name="now">The moment.</param>
    /// <param name="taken">Receives what would be taken from each budget, if anything would.</param>
    public MeterDecision Preview(ScopeEvaluation debits, MeterTime now, List<TraceDebit> taken)
    {
        var replacing = new Replacing(debits.Slot, _replacements);
        EnterShared();
        try
        {
            var remaining = Read(now);
            if (!HasRoom(debits, replacing, now, out var unmet))
            {
                return MeterDecision.Refuse(unmet, remaining, now);
            }
            var left = remaining.AsSpan();
            _ceiling.Subtract(debits.Ceiling.Items, replacing, now, left);
            _narrowing?.Subtract(debits.Narrowing.Items, replacing, now, left[_ceiling.Size..]);
            _session.Subtract([], replacing, now, left[(Size - _session.Size)..]);
            _ceiling.Describe(debits.Ceiling.Items, replacing, now, taken);
            _narrowing?.Describe(debits.Narrowing.Items, replacing, now, taken);
            return MeterDecision.Allow(remaining, now);
        }
        finally
        {
            ExitShared();
        }
    }

    /// <summary>Gives a reservation back. Only for a signature that was never queued to the journal and never left.</summary>
    public void Release(Reservation reservation, MeterTime reservedAt)
    {
        EnterShared();
        try
        {
            foreach (var (meter, bucket, amount) in reservation.Items)
            {
                meter.Release(bucket, amount);
            }
            _session.ReleaseSignature(reservedAt);
            _ceiling.ReleaseSignature(reservedAt);
            _narrowing?.ReleaseSignature(reservedAt);
        }
        finally
        {
            ExitShared();
        }
    }

    /// <summary>
    /// Queues a write that says what booking the reservation makes of the totals, then books it. Both under the locks, so that the totals in the log
    /// are running sums in the order of the log, also of what sessions share.
    /// </summary>
    /// <param name="debits">The evaluation whose reservation is booked.</param>
    /// <param name="request">The request's identifier, by which its transaction is found again.</param>
    /// <param name="append">Queues the write; if it throws, nothing is booked.</param>
    public Task<long> Book(ScopeEvaluation debits, UInt128 request, Func<IReadOnlyList<BookedDebit>, Task<long>> append)
    {
        EnterShared();
        try
        {
            var reservation = debits.Reservation;
            var durable = append(PreviewBooking(reservation));
            foreach (var (_, bucket, amount) in reservation.Items)
            {
                BudgetMeter.Book(bucket, amount);
            }
            if (debits.Slot is { } slot)
            {
                _replacements.Add(slot, request, reservation);
            }
            return durable;
        }
        finally
        {
            ExitShared();
        }
    }

    /// <summary>Whether a transaction is known to be the only one of its nonce that was signed, so that what it took can be given back.</summary>
    public bool IsSole(UInt128 request) => _replacements.IsSole(request);

    /// <summary>
    /// Queues a release that says what giving back makes of the totals, then gives back: what was booked and still counts if <paramref name="isVoid"/>, and the place
    /// among the open orders. Both under the locks, as in <see cref="Book"/>.
    /// </summary>
    /// <param name="debits">What the signature's entry took.</param>
    /// <param name="request">The signature's request.</param>
    /// <param name="isVoid">Whether it was never executed.</param>
    /// <param name="now">The moment.</param>
    /// <param name="append">Queues the write, given what is given back of each debit, or null; if it throws, nothing is given back.</param>
    public Task<long> GiveBack(
        IReadOnlyList<BudgetDebit> debits,
        UInt128 request,
        bool isVoid,
        MeterTime now,
        Func<IReadOnlyList<BookedDebit?>, Task<long>> append
    )
    {
        EnterShared();
        try
        {
            BookedDebit?[] found = [.. debits.Select(debit => isVoid ? FindBooked(debit, now) : null)];
            var durable = append(found);
            foreach (var item in found)
            {
                if (item is { } booked)
                {
                    booked.Meter.Unbook(booked);
                }
            }
            _ceiling.CloseOrder();
            _narrowing?.CloseOrder();
            if (isVoid)
            {
                // What is signed on its nonce from now on counts in full.
                _replacements.Forget(request);
            }
            return durable;
        }
        finally
        {
            ExitShared();
        }
    }

    private BookedDebit? FindBooked(BudgetDebit debit, MeterTime now) =>
        UInt256.TryParse(debit.Amount, out var amount)
            ? _ceiling.FindBooked(debit, amount, now) ?? _narrowing?.FindBooked(debit, amount, now)
            : null;

    /// <summary>What is left of every rule now.</summary>
    public UInt256[] Snapshot(MeterTime now)
    {
        EnterShared();
        try
        {
            return Read(now);
        }
        finally
        {
            ExitShared();
        }
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

    private static SideMeters Create(CompiledScope scope, Func<BudgetRule, BudgetTotal> totalOf) =>
        new(
            scope.Budgets.Select(rule => new BudgetMeter(rule, totalOf(rule))),
            scope.Rates.Select(rule => new RateMeter(rule.Path, rule.Max, rule.WindowSeconds)),
            scope.MaxSignatures is { } max ? new CountMeter(scope.MaxSignaturesPath, max) : null,
            scope.MaxOpenOrders is { } open
                ? new CountMeter(scope.MaxOpenOrdersPath, open, DenialReason.OpenOrdersExceeded, "orders")
                : null
        );

    private static BookedDebit[] PreviewBooking(Reservation reservation)
    {
        var items = reservation.Items;
        if (items.IsEmpty)
        {
            return [];
        }
        var booked = new BookedDebit[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var (meter, bucket, amount) = items[i];
            booked[i] = new BookedDebit(meter, bucket, amount, BudgetMeter.BookedAfter(bucket, amount));
        }
        return booked;
    }

    // All of them are asked, so that a refusal names everything that has no room.
    private bool HasRoom(ScopeEvaluation debits, in Replacing replacing, MeterTime now, [NotNullWhen(false)] out List<Denial>? unmet)
    {
        unmet = null;
        _session.FindUnmet([], replacing, now, ref unmet);
        _ceiling.FindUnmet(debits.Ceiling.Items, replacing, now, ref unmet);
        _narrowing?.FindUnmet(debits.Narrowing.Items, replacing, now, ref unmet);
        return unmet is null;
    }

    private UInt256[] Read(MeterTime now)
    {
        var remaining = new UInt256[Size];
        _ceiling.Snapshot(remaining, now);
        _narrowing?.Snapshot(remaining.AsSpan(_ceiling.Size), now);
        _session.Snapshot(remaining.AsSpan(Size - _session.Size), now);
        return remaining;
    }

    private void EnterShared()
    {
        foreach (var set in _shared)
        {
            set.Gate.Enter();
        }
    }

    private void ExitShared()
    {
        for (var i = _shared.Length - 1; i >= 0; i--)
        {
            _shared[i].Gate.Exit();
        }
    }
}
