using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>What a scope says of a payload. The zero value refuses.</summary>
public readonly struct ScopeDecision
{
    private ScopeDecision(string? allowedBy, Denial? denial)
    {
        AllowedBy = allowedBy;
        Refusal = denial;
    }

    /// <summary>True only if a permission was found and everything it asks is met. Budgets, rates and counts are the meters' to check.</summary>
    public bool IsAllowed => AllowedBy is not null;

    /// <summary>Path of the permission that allows, for example "ceiling.permissions[2]"; null if refused.</summary>
    public string? AllowedBy { get; }

    /// <summary>The refusal; never null if refused.</summary>
    public Denial Denial => Refusal ?? Denial.NotStated;

    private Denial? Refusal { get; }

    /// <summary>Allows.</summary>
    public static ScopeDecision Allow(string permissionPath) => new(permissionPath, null);

    /// <summary>Refuses.</summary>
    public static ScopeDecision Refuse(Denial denial) => new(null, denial);
}

/// <summary>Amounts that one payload takes from the budgets of one scope, by the budget's position in the scope. Reused between requests; not thread safe.</summary>
public sealed class DebitBuffer
{
    /// <summary>Most debits one payload may make in one scope.</summary>
    public const int CountMax = 32;

    private readonly (int Budget, UInt256 Amount)[] _items = new (int, UInt256)[CountMax];

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

    /// <summary>Returns to what <see cref="Items"/> held earlier.</summary>
    internal void Reset(ReadOnlySpan<(int Budget, UInt256 Amount)> items)
    {
        items.CopyTo(_items);
        Count = items.Length;
    }
}
