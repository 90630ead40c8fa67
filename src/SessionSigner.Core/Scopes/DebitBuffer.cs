using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Amounts that one payload takes from the budgets of one scope, by the budget's position in the scope. Reused between requests; not thread safe.</summary>
public sealed class DebitBuffer
{
    /// <summary>Most debits one payload may make in one scope.</summary>
    public const int CountMax = 32;

    private readonly (int Budget, UInt256 Amount)[] _items = new (int, UInt256)[CountMax];
    private readonly (int Budget, UInt256 Amount)[] _before = new (int, UInt256)[CountMax];
    private readonly (int Budget, UInt256 Amount)[] _largest = new (int, UInt256)[CountMax];
    private int _beforeCount;
    private int _largestCount;

    /// <summary>The debits.</summary>
    public ReadOnlySpan<(int Budget, UInt256 Amount)> Items => _items.AsSpan(0, Count);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an amount to a budget; amounts for the same budget add up.</summary>
    /// <returns>False on overflow of the sum or of the buffer: the payload must then be refused.</returns>
    public bool TryAdd(int budget, UInt256 amount)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_items[i].Budget == budget)
            {
                return UInt256.TryAdd(_items[i].Amount, amount, out _items[i].Amount);
            }
        }
        if (Count == CountMax)
        {
            return false;
        }
        _items[Count++] = (budget, amount);
        return true;
    }

    /// <summary>Removes all.</summary>
    public void Clear() => Count = 0;

    /// <summary>Begins to compare what several permissions count for the same request. Ends before another comparison begins.</summary>
    internal void BeginComparison()
    {
        Items.CopyTo(_before);
        _beforeCount = Count;
        _largestCount = 0;
    }

    /// <summary>A permission allows: for each budget the most that any has counted is kept, and the next one begins where this one did.</summary>
    internal void KeepLargest()
    {
        foreach (var (budget, amount) in Items)
        {
            var i = 0;
            while (i < _largestCount && _largest[i].Budget != budget)
            {
                i++;
            }
            if (i == _largestCount)
            {
                // There is room: a scope has no more budgets than the buffer has places.
                _largest[_largestCount++] = (budget, amount);
            }
            else if (amount > _largest[i].Amount)
            {
                _largest[i].Amount = amount;
            }
        }
        Discard();
    }

    /// <summary>A permission does not allow: what it has counted is forgotten.</summary>
    internal void Discard()
    {
        _before.AsSpan(0, _beforeCount).CopyTo(_items);
        Count = _beforeCount;
    }

    /// <summary>Ends the comparison: the debits are the largest that were kept, or those of before if none were.</summary>
    internal void EndComparison()
    {
        if (_largestCount > 0)
        {
            _largest.AsSpan(0, _largestCount).CopyTo(_items);
            Count = _largestCount;
        }
    }
}
