using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>An amount that accumulates.</summary>
/// <param name="Name">Name, unique in the scope.</param>
/// <param name="Unit">What is counted, for people.</param>
/// <param name="Limit">Most that may accumulate in the window, in base units.</param>
public sealed record Budget(string Name, string Unit, UInt256 Limit)
{
    /// <summary>Decimals of the token, by which amounts are shown and the document states the limit; 0 if both are in base units.</summary>
    public int Decimals { get; init; }

    /// <summary>How long an amount counts.</summary>
    public BudgetWindow Window { get; init; } = BudgetWindow.Lifetime;

    /// <summary>What shares the budget. Only a ceiling may have others than <see cref="BudgetPer.Session"/>.</summary>
    public BudgetPer Per { get; init; } = BudgetPer.Session;
}

/// <summary>What shares a budget. The zero value is none and refused.</summary>
public enum BudgetPer
{
    /// <summary>Not stated.</summary>
    Unspecified = 0,

    /// <summary>Each session has its own.</summary>
    Session = 1,

    /// <summary>All sessions of a principal under the policy.</summary>
    Principal = 2,

    /// <summary>All sessions under the policy.</summary>
    Policy = 3,

    /// <summary>All sessions of a primary key under the policy.</summary>
    PrimaryKey = 4,
}

/// <summary>How long an amount counts. The zero value is none and refused.</summary>
public enum BudgetWindowKind
{
    /// <summary>Not stated.</summary>
    Unspecified = 0,

    /// <summary>For ever.</summary>
    Lifetime = 1,

    /// <summary>For the day of the calendar, UTC.</summary>
    CalendarDay = 2,

    /// <summary>For a span of time from its moment.</summary>
    Rolling = 3,
}

/// <summary>How long an amount counts.</summary>
/// <param name="Kind">Kind of window.</param>
/// <param name="WindowSeconds">Length of a rolling window, 1 to 2,678,400; else 0.</param>
/// <param name="GranularitySeconds">
/// How exactly a rolling window is kept, at most its length, which is at most 1,440 times this; else 0. An amount counts for at least the window and at most this much longer.
/// </param>
public readonly record struct BudgetWindow(BudgetWindowKind Kind, int WindowSeconds, int GranularitySeconds)
{
    /// <summary>For ever.</summary>
    public static BudgetWindow Lifetime { get; } = new(BudgetWindowKind.Lifetime, 0, 0);

    /// <summary>The day of the calendar, UTC.</summary>
    public static BudgetWindow CalendarDay { get; } = new(BudgetWindowKind.CalendarDay, 0, 0);

    /// <summary>A span of time.</summary>
    public static BudgetWindow Rolling(int windowSeconds, int granularitySeconds) =>
        new(BudgetWindowKind.Rolling, windowSeconds, granularitySeconds);
}
