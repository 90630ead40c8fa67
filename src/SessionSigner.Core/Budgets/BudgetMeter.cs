using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// One budget as a session sees it: its policy's limit on a total, which is the session's own or shared with others. Not thread safe: the lock of
/// the total's owner guards it.
/// </summary>
internal sealed class BudgetMeter(BudgetRule rule, BudgetTotal total)
{
    private readonly string _limitText = rule.Show(rule.Limit);

    /// <summary>Rule path with its side.</summary>
    public string Path => rule.Path;

    /// <summary>What shares the total, as the log calls it.</summary>
    public string Per { get; } = BudgetWords.Of(rule.Per);

    /// <summary>How long an amount counts, as the log calls it.</summary>
    public string Window { get; } = BudgetWords.Of(rule.Window.Kind);

    /// <summary>What may still be reserved.</summary>
    public UInt256 Remaining(MeterTime now) => UInt256.TrySubtract(rule.Limit, total.Counted(now), out var left) ? left : UInt256.Zero;

    /// <summary>Whether the amount fits; an overflowing sum does not.</summary>
    public bool Fits(UInt256 amount, MeterTime now) =>
        UInt256.TryAdd(total.Counted(now), amount, out var sum) && sum <= rule.Limit && total.HasRoom(now);

    /// <summary>The bucket into which an amount would be counted now, or null if it does not exist yet.</summary>
    public BudgetBucket? FindBucket(MeterTime now) => total.FindBucket(now);

    /// <summary>Takes an amount that fits.</summary>
    public BudgetBucket Reserve(UInt256 amount, MeterTime now) =>
        Fits(amount, now) ? total.Take(amount, now) : throw new InvalidOperationException("A reservation was not checked.");

    /// <summary>Gives back a reservation of which nothing was signed and nothing queued.</summary>
    public void Release(BudgetBucket bucket, UInt256 amount) => total.GiveBack(bucket, amount);

    /// <summary>What the bucket's booked sum would be after booking a reserved amount.</summary>
    public static UInt256 BookedAfter(BudgetBucket bucket, UInt256 amount) =>
        UInt256.TryAdd(bucket.Booked, amount, out var sum) && sum <= bucket.Reserved
            ? sum
            : throw new InvalidOperationException("More is booked than was reserved.");

    /// <summary>Books a reserved amount.</summary>
    public static void Book(BudgetBucket bucket, UInt256 amount) => bucket.Booked = BookedAfter(bucket, amount);

    /// <summary>What giving back a booked amount would make of its bucket, or null if it no longer counts.</summary>
    /// <param name="label">What the journal calls the bucket.</param>
    /// <param name="amount">The amount.</param>
    /// <param name="now">The moment.</param>
    public BookedDebit? FindBooked(long label, UInt256 amount, MeterTime now) =>
        total.FindBooked(label, amount, now) is { } bucket && UInt256.TrySubtract(bucket.Booked, amount, out var after)
            ? new BookedDebit(this, bucket, amount, after)
            : null;

    /// <summary>Gives back what <see cref="FindBooked"/> found.</summary>
    public void Unbook(in BookedDebit booked) => total.Unbook(booked.Bucket, booked.Amount);

    /// <summary>The refusal of an amount that does not fit.</summary>
    public Denial Refuse(UInt256 amount, MeterTime now)
    {
        var counted = total.Counted(now);
        var fitsAtAll = UInt256.TrySubtract(rule.Limit, amount, out var mostCounted);
        // What must stop counting before the amount fits; 0 if there is only no room to remember it.
        _ = UInt256.TrySubtract(counted, mostCounted, out var need);
        return new Denial(DenialReason.BudgetExceeded, Path, rule.Show(amount), _limitText)
        {
            Headroom = rule.Show(Remaining(now)),
            RetryAfterMs = fitsAtAll ? total.FreeAfterMs(need, now) : 0,
        };
    }

    /// <summary>An amount that would be taken.</summary>
    public TraceDebit DescribeDebit(UInt256 amount) => new(Path, rule.Unit, rule.Show(amount));

    /// <summary>The headroom at a remaining amount.</summary>
    public Headroom Describe(UInt256 remaining) => new(Path, rule.Unit, _limitText, rule.Show(remaining));
}
