using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// What has been taken from one budget and still counts. A day ends by the wall clock and never begins again when that is set back. An amount in
/// a rolling window counts from its moment, rounded up to the granularity, until both clocks have gone on by the window; so neither clock set
/// forward frees it early. Not thread safe: the lock of its owner, a session or a shared set, guards it.
/// </summary>
internal sealed partial class BudgetTotal
{
    private const long SecondsPerDay = 86_400;

    // More granules than fit into a window exist at a time only if the wall clock is set forward.
    private const int SpareGranules = 64;

    private readonly Queue<BudgetBucket> _buckets = new();
    private readonly int _bucketsMax;
    private BudgetBucket? _newest;
    private UInt256 _counted;
    private long _latestWallMs = long.MinValue;
    private long _latestMonotonicMs = long.MinValue;

    public BudgetTotal(BudgetWindow window)
    {
        Window = window;
        _bucketsMax = window.Kind switch
        {
            BudgetWindowKind.Lifetime or BudgetWindowKind.CalendarDay => 1,
            BudgetWindowKind.Rolling => (window.WindowSeconds / window.GranularitySeconds) + 2 + SpareGranules,
            _ => throw new ArgumentOutOfRangeException(nameof(window)),
        };
    }

    /// <summary>How long an amount counts.</summary>
    public BudgetWindow Window { get; }

    /// <summary>What counts now.</summary>
    public UInt256 Counted(MeterTime now)
    {
        Forget(now);
        return _counted;
    }

    /// <summary>The bucket into which an amount would be counted now, or null if it does not exist yet.</summary>
    public BudgetBucket? FindBucket(MeterTime now)
    {
        Forget(now);
        return _newest is { IsOver: false } newest && newest.Label >= LabelOf(now) ? newest : null;
    }

    /// <summary>Whether there is room to remember an amount taken now; missing only while a clock is set forward again and again.</summary>
    public bool HasRoom(MeterTime now) => FindBucket(now) is not null || _buckets.Count < _bucketsMax;

    /// <summary>Counts an amount.</summary>
    /// <returns>Where it is counted.</returns>
    public BudgetBucket Take(UInt256 amount, MeterTime now)
    {
        var bucket = FindBucket(now);
        if (bucket is null)
        {
            if (_buckets.Count >= _bucketsMax)
            {
                throw new InvalidOperationException("A reservation was not checked.");
            }
            bucket = new BudgetBucket(LabelOf(now));
            _buckets.Enqueue(bucket);
            _newest = bucket;
        }
        _counted = Sum(_counted, amount);
        bucket.Reserved = Sum(bucket.Reserved, amount);
        // The clock was read rounded down.
        bucket.TakenAtMs = Math.Max(bucket.TakenAtMs, _latestMonotonicMs + 1);
        return bucket;
    }

    /// <summary>Gives back an amount that was taken and not booked.</summary>
    public void GiveBack(BudgetBucket bucket, UInt256 amount)
    {
        if (!UInt256.TrySubtract(bucket.Reserved, amount, out var rest) || rest < bucket.Booked)
        {
            throw new InvalidOperationException("More is given back than was reserved.");
        }
        bucket.Reserved = rest;
        if (!bucket.IsOver)
        {
            _counted = UInt256.TrySubtract(_counted, amount, out var left)
                ? left
                : throw new InvalidOperationException("More is given back than is counted.");
        }
    }

    /// <summary>The bucket in which a booked amount still counts, or null.</summary>
    /// <param name="label">What the journal calls the bucket.</param>
    /// <param name="amount">The amount.</param>
    /// <param name="now">The moment.</param>
    public BudgetBucket? FindBooked(long label, UInt256 amount, MeterTime now)
    {
        Forget(now);
        foreach (var bucket in _buckets)
        {
            if (bucket.Label == label)
            {
                // Buckets restored beyond 256 bits count less in sum than each of them.
                return bucket.Booked >= amount && _counted >= amount ? bucket : null;
            }
        }
        return null;
    }

    /// <summary>Gives back a booked amount where <see cref="FindBooked"/> found it.</summary>
    public void Unbook(BudgetBucket bucket, UInt256 amount)
    {
        bucket.Booked = Rest(bucket.Booked, amount);
        bucket.Reserved = Rest(bucket.Reserved, amount);
        _counted = Rest(_counted, amount);
    }

    private static UInt256 Rest(UInt256 from, UInt256 amount) =>
        UInt256.TrySubtract(from, amount, out var rest) ? rest : throw new InvalidOperationException("More is given back than was booked.");

    /// <summary>How long until this much of what <see cref="Counted"/> has just answered no longer counts, in milliseconds; 0 if it never will.</summary>
    public long FreeAfterMs(UInt256 need, MeterTime now)
    {
        var freed = UInt256.Zero;
        foreach (var bucket in _buckets)
        {
            freed = UInt256.TryAdd(freed, bucket.Reserved, out var sum) ? sum : UInt256.MaxValue;
            if (freed >= need)
            {
                return Window.Kind == BudgetWindowKind.Lifetime ? 0 : Math.Max(1, MsLeft(bucket, now));
            }
        }
        return 0;
    }

    private static UInt256 Sum(UInt256 a, UInt256 b) =>
        UInt256.TryAdd(a, b, out var sum) ? sum : throw new InvalidOperationException("A reservation was not checked.");

    // Where an amount goes: never before where an earlier one went.
    private long LabelOf(MeterTime now)
    {
        var label = Window.Kind switch
        {
            BudgetWindowKind.CalendarDay => StartOfDay(_latestWallMs),
            BudgetWindowKind.Rolling => EndOfGranule(now.WallMs),
            _ => 0,
        };
        // A granule that is over is not begun again, whatever the clock says.
        var earliest = _newest is null ? 0 : _newest.Label + (_newest.IsOver ? Window.GranularitySeconds : 0);
        return Math.Max(label, earliest);
    }

    private static long StartOfDay(long wallMs) => wallMs / 1_000 / SecondsPerDay * SecondsPerDay;

    // Behind the moment, also if that is on the boundary: the clock was read rounded down.
    private long EndOfGranule(long wallMs) => ((wallMs / 1_000 / Window.GranularitySeconds) + 1) * Window.GranularitySeconds;

    private void Forget(MeterTime now)
    {
        _latestWallMs = Math.Max(_latestWallMs, now.WallMs);
        _latestMonotonicMs = Math.Max(_latestMonotonicMs, now.MonotonicMs);
        while (_buckets.TryPeek(out var oldest) && IsOver(oldest, now))
        {
            oldest.IsOver = true;
            _ = UInt256.TrySubtract(_counted, oldest.Reserved, out _counted);
            _buckets.Dequeue();
        }
    }

    private bool IsOver(BudgetBucket bucket, MeterTime now) =>
        Window.Kind switch
        {
            BudgetWindowKind.CalendarDay => bucket.Label < StartOfDay(_latestWallMs),
            BudgetWindowKind.Rolling => MsLeft(bucket, now) <= 0,
            _ => false,
        };

    private long MsLeft(BudgetBucket bucket, MeterTime now) =>
        Window.Kind == BudgetWindowKind.CalendarDay
            ? ((bucket.Label + SecondsPerDay) * 1_000) - now.WallMs
            : Math.Max(
                ((bucket.Label + Window.WindowSeconds) * 1_000) - now.WallMs,
                bucket.TakenAtMs + (Window.WindowSeconds * 1_000L) - _latestMonotonicMs
            );
}
