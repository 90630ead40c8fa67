using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>A budget of a compiled scope. Its position in <see cref="CompiledScope.Budgets"/> is what a <see cref="DebitBuffer"/> counts by.</summary>
/// <param name="Path">Rule path, for example "ceiling.budgets[usdc]".</param>
/// <param name="Name">Name in the scope.</param>
/// <param name="Unit">Unit of the amounts, for people.</param>
/// <param name="Limit">Most that may accumulate in the window.</param>
public sealed record BudgetRule(string Path, string Name, string Unit, UInt256 Limit)
{
    /// <summary>Decimals by which amounts are shown; 0 for base units.</summary>
    public int Decimals { get; init; }

    /// <summary>How long an amount counts.</summary>
    public BudgetWindow Window { get; init; } = BudgetWindow.Lifetime;

    /// <summary>What shares the budget.</summary>
    public BudgetPer Per { get; init; } = BudgetPer.Session;

    /// <summary>An amount in the unit, for people and clients.</summary>
    public string Show(UInt256 amount) => TokenAmount.Format(amount, Decimals);
}

/// <summary>A rate window of a compiled scope.</summary>
/// <param name="Path">Rule path, for example "ceiling.rates[0]".</param>
/// <param name="Max">Most signatures in any span of the window's length.</param>
/// <param name="WindowSeconds">Length in seconds.</param>
public sealed record RateRule(string Path, int Max, int WindowSeconds);
