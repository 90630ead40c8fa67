using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// What one request took from budgets, from its reservation to its booking. Reused between requests of one thread, so that it does not allocate;
/// not thread safe.
/// </summary>
internal sealed class Reservation
{
    private readonly (BudgetMeter Meter, BudgetBucket Bucket, UInt256 Amount)[] _items = new (BudgetMeter, BudgetBucket, UInt256)[
        2 * DebitBuffer.CountMax
    ];

    private int _count;

    /// <summary>What was taken, in the order of the rules.</summary>
    public ReadOnlySpan<(BudgetMeter Meter, BudgetBucket Bucket, UInt256 Amount)> Items => _items.AsSpan(0, _count);

    public void Add(BudgetMeter meter, BudgetBucket bucket, UInt256 amount) => _items[_count++] = (meter, bucket, amount);

    /// <summary>Forgets everything; takes and gives back nothing.</summary>
    public void Clear()
    {
        _items.AsSpan(0, _count).Clear();
        _count = 0;
    }
}
