using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// The meters of one side of a session's scope, in the order of the compiled scope's rules. <see cref="FindUnmet"/> decides and changes nothing;
/// <see cref="Reserve"/> takes what was checked. Not thread safe: <see cref="SessionMeters"/> holds the locks.
/// </summary>
internal sealed class SideMeters
{
    private readonly BudgetMeter[] _budgets;
    private readonly RateMeter[] _rates;
    private readonly CountMeter? _count;
    private readonly CountMeter? _open;

    public SideMeters(IEnumerable<BudgetMeter> budgets, IEnumerable<RateMeter> rates, CountMeter? count, CountMeter? open = null)
    {
        _open = open;
        _budgets = [.. budgets];
        _rates = [.. rates];
        _count = count;
    }

    /// <summary>How many numbers <see cref="Snapshot"/> writes.</summary>
    public int Size => _budgets.Length + _rates.Length + (_count is null ? 0 : 1) + (_open is null ? 0 : 1);

    /// <summary>Finds every rule that has no room for the debits.</summary>
    /// <param name="debits">The debits, by the budget's position.</param>
    /// <param name="replacing">What they may replace.</param>
    /// <param name="now">The moment.</param>
    /// <param name="unmet">Receives the refusal of each such rule, in order; made when the first is found.</param>
    public void FindUnmet(ReadOnlySpan<(int Budget, UInt256 Amount)> debits, in Replacing replacing, MeterTime now, ref List<Denial>? unmet)
    {
        if (_count is { Remaining: <= 0 })
        {
            (unmet ??= []).Add(_count.Refuse());
        }
        if (_open is { Remaining: <= 0 })
        {
            (unmet ??= []).Add(_open.Refuse());
        }
        foreach (var rate in _rates)
        {
            if (rate.Remaining(now.MonotonicMs) <= 0)
            {
                (unmet ??= []).Add(rate.Refuse(now.MonotonicMs));
            }
        }
        foreach (var (budget, amount) in debits)
        {
            var meter = _budgets[budget];
            var debit = replacing.Less(meter, amount, now);
            if (!meter.Fits(debit, now))
            {
                (unmet ??= []).Add(meter.Refuse(debit, now));
            }
        }
    }

    /// <summary>Says what <see cref="Reserve"/> would take.</summary>
    public void Describe(
        ReadOnlySpan<(int Budget, UInt256 Amount)> debits,
        in Replacing replacing,
        MeterTime now,
        List<TraceDebit> described
    )
    {
        foreach (var (budget, amount) in debits)
        {
            described.Add(_budgets[budget].DescribeDebit(replacing.Less(_budgets[budget], amount, now)));
        }
    }

    /// <summary>Takes debits of which <see cref="FindUnmet"/> has just found none.</summary>
    public void Reserve(ReadOnlySpan<(int Budget, UInt256 Amount)> debits, in Replacing replacing, MeterTime now, Reservation reservation)
    {
        CountSignature(now);
        foreach (var (budget, amount) in debits)
        {
            var meter = _budgets[budget];
            var debit = replacing.Less(meter, amount, now);
            reservation.Add(meter, meter.Reserve(debit, now), debit);
        }
    }

    /// <summary>Gives back what was counted of a signature; budgets are the reservation's to give back.</summary>
    public void ReleaseSignature(MeterTime reservedAt)
    {
        _count?.Release();
        _open?.Release();
        foreach (var rate in _rates)
        {
            rate.Release(reservedAt.MonotonicMs);
        }
    }

    /// <summary>Where an amount that was booked earlier still counts, or null.</summary>
    public BookedDebit? FindBooked(BudgetDebit debit, UInt256 amount, MeterTime now)
    {
        foreach (var meter in _budgets)
        {
            if (meter.Path == debit.Budget && meter.Per == debit.Per && meter.Window == debit.Window)
            {
                return meter.FindBooked(debit.Bucket, amount, now);
            }
        }
        return null;
    }

    /// <summary>Gives back a signature's place among the open orders. Rates and the number of signatures never come back.</summary>
    public void CloseOrder() => _open?.TryRelease();

    /// <summary>Writes what is left of every rule: budgets, rates, count, open orders.</summary>
    public void Snapshot(Span<UInt256> remaining, MeterTime now)
    {
        var next = 0;
        foreach (var budget in _budgets)
        {
            remaining[next++] = budget.Remaining(now);
        }
        foreach (var rate in _rates)
        {
            remaining[next++] = (ulong)rate.Remaining(now.MonotonicMs);
        }
        if (_count is not null)
        {
            remaining[next++] = (ulong)_count.Remaining;
        }
        if (_open is not null)
        {
            remaining[next] = (ulong)_open.Remaining;
        }
    }

    /// <summary>Takes from a snapshot what a reservation of the debits would take.</summary>
    public void Subtract(ReadOnlySpan<(int Budget, UInt256 Amount)> debits, in Replacing replacing, MeterTime now, Span<UInt256> remaining)
    {
        foreach (var (budget, amount) in debits)
        {
            remaining[budget] = Less(remaining[budget], replacing.Less(_budgets[budget], amount, now));
        }
        foreach (ref var count in remaining[_budgets.Length..Size])
        {
            count = Less(count, UInt256.One);
        }
    }

    /// <summary>Puts a snapshot into words. Reads nothing that changes, so it needs no lock.</summary>
    public void Describe(ReadOnlySpan<UInt256> remaining, List<Headroom> headroom)
    {
        var next = 0;
        foreach (var budget in _budgets)
        {
            headroom.Add(budget.Describe(remaining[next++]));
        }
        foreach (var rate in _rates)
        {
            headroom.Add(rate.Describe(ToCount(remaining[next++])));
        }
        if (_count is not null)
        {
            headroom.Add(_count.Describe(ToCount(remaining[next++])));
        }
        if (_open is not null)
        {
            headroom.Add(_open.Describe(ToCount(remaining[next])));
        }
    }

    private void CountSignature(MeterTime now)
    {
        _count?.Reserve();
        _open?.Reserve();
        foreach (var rate in _rates)
        {
            rate.Reserve(now.MonotonicMs);
        }
    }

    private static UInt256 Less(UInt256 value, UInt256 amount) => UInt256.TrySubtract(value, amount, out var left) ? left : UInt256.Zero;

    private static long ToCount(UInt256 value) =>
        value.TryToUInt64(out var count) ? checked((long)count) : throw new InvalidOperationException("A count does not fit.");
}

/// <summary>Which transaction or user operation a request may replace.</summary>
/// <param name="Slot">Its slot, or null for a payload that replaces nothing.</param>
/// <param name="Replacements">What was counted for the slots of the session.</param>
internal readonly record struct Replacing(ReplacementSlot? Slot, Replacements Replacements)
{
    /// <summary>What the request takes from a budget: the amount, less what the one it replaces has taken.</summary>
    public UInt256 Less(BudgetMeter meter, UInt256 amount, MeterTime now) =>
        Slot is { } slot ? Replacements.Less(slot, meter.FindBucket(now), amount) : amount;
}

/// <summary>An amount booked to a budget.</summary>
/// <param name="Meter">The budget.</param>
/// <param name="Bucket">Where it counts.</param>
/// <param name="Amount">What was taken.</param>
/// <param name="BookedAfter">The bucket's booked sum after it.</param>
internal readonly record struct BookedDebit(BudgetMeter Meter, BudgetBucket Bucket, UInt256 Amount, UInt256 BookedAfter);
