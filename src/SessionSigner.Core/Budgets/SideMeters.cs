using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// The meters of one side of a session's scope, in the order of the compiled scope's rules. <see cref="Check"/> decides and changes nothing;
/// <see cref="Reserve"/> takes what was checked. Not thread safe: the session's lock guards it from the check to the reservation.
/// </summary>
internal sealed class SideMeters
{
    private readonly BudgetMeter[] _budgets;
    private readonly RateMeter[] _rates;
    private readonly CountMeter? _count;

    public SideMeters(IEnumerable<BudgetMeter> budgets, IEnumerable<RateMeter> rates, CountMeter? count)
    {
        _budgets = [.. budgets];
        _rates = [.. rates];
        _count = count;
    }

    /// <summary>How many numbers <see cref="Snapshot"/> writes.</summary>
    public int Size => _budgets.Length + _rates.Length + (_count is null ? 0 : 1);

    /// <summary>The first rule that has no room for the debits, or null.</summary>
    public Denial? Check(ReadOnlySpan<(int Budget, UInt256 Amount)> debits, long nowMs)
    {
        if (_count is { Remaining: <= 0 })
        {
            return _count.Refuse();
        }
        foreach (var rate in _rates)
        {
            if (rate.Remaining(nowMs) <= 0)
            {
                return rate.Refuse(nowMs);
            }
        }
        foreach (var (budget, amount) in debits)
        {
            if (!_budgets[budget].Fits(amount))
            {
                return _budgets[budget].Refuse(amount);
            }
        }
        return null;
    }

    /// <summary>Takes debits that <see cref="Check"/> has just let pass.</summary>
    public void Reserve(ReadOnlySpan<(int Budget, UInt256 Amount)> debits, long nowMs)
    {
        _count?.Reserve();
        foreach (var rate in _rates)
        {
            rate.Reserve(nowMs);
        }
        foreach (var (budget, amount) in debits)
        {
            _budgets[budget].Reserve(amount);
        }
    }

    /// <summary>Gives a reservation back.</summary>
    public void Release(ReadOnlySpan<(int Budget, UInt256 Amount)> debits, long reservedAtMs)
    {
        _count?.Release();
        foreach (var rate in _rates)
        {
            rate.Release(reservedAtMs);
        }
        foreach (var (budget, amount) in debits)
        {
            _budgets[budget].Release(amount);
        }
    }

    /// <summary>Writes what booking a reservation would make of the totals; <see cref="Book"/> then books it.</summary>
    public void Preview(ReadOnlySpan<(int Budget, UInt256 Amount)> debits, List<BookedDebit> booked)
    {
        foreach (var (budget, amount) in debits)
        {
            var meter = _budgets[budget];
            booked.Add(new BookedDebit(meter.Path, amount, meter.BookedAfter(amount)));
        }
    }

    /// <summary>Books a reservation.</summary>
    public void Book(ReadOnlySpan<(int Budget, UInt256 Amount)> debits)
    {
        foreach (var (budget, amount) in debits)
        {
            _budgets[budget].Book(amount);
        }
    }

    /// <summary>Writes what is left of every rule: budgets, rates, count.</summary>
    public void Snapshot(Span<UInt256> remaining, long nowMs)
    {
        var next = 0;
        foreach (var budget in _budgets)
        {
            remaining[next++] = budget.Remaining;
        }
        foreach (var rate in _rates)
        {
            remaining[next++] = (ulong)rate.Remaining(nowMs);
        }
        if (_count is not null)
        {
            remaining[next] = (ulong)_count.Remaining;
        }
    }

    /// <summary>Takes from a snapshot what a reservation of the debits would take.</summary>
    public void Subtract(ReadOnlySpan<(int Budget, UInt256 Amount)> debits, Span<UInt256> remaining)
    {
        foreach (var (budget, amount) in debits)
        {
            remaining[budget] = Less(remaining[budget], amount);
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
            headroom.Add(_count.Describe(ToCount(remaining[next])));
        }
    }

    private static UInt256 Less(UInt256 value, UInt256 amount) => UInt256.TrySubtract(value, amount, out var left) ? left : UInt256.Zero;

    private static long ToCount(UInt256 value) =>
        value.TryToUInt64(out var count) ? checked((long)count) : throw new InvalidOperationException("A count does not fit.");
}

/// <summary>An amount booked to a budget.</summary>
/// <param name="Budget">Rule path.</param>
/// <param name="Amount">What was taken.</param>
/// <param name="BookedAfter">The total booked after it.</param>
internal readonly record struct BookedDebit(string Budget, UInt256 Amount, UInt256 BookedAfter);
