namespace SessionSigner.Core;

/// <summary>Why a request is allowed or refused: everything that was considered, in order. It is allowed only if every step is met.</summary>
/// <param name="Steps">What was considered, in the order of evaluation. Of an allowed call only the permission that allows it.</param>
/// <param name="LeftOut">How many more steps there are than are listed.</param>
/// <param name="Debits">What an allowed request would take from each budget; empty if refused.</param>
public sealed record DecisionTrace(IReadOnlyList<TraceStep> Steps, int LeftOut, IReadOnlyList<TraceDebit> Debits)
{
    /// <summary>Nothing was considered.</summary>
    public static DecisionTrace Empty { get; } = new([], 0, []);
}

/// <summary>One permission, or one rule that stands by itself, and what came of it.</summary>
/// <param name="Position">Which carried call, for example "calls[2]" or "calls[0].calls[1]"; empty for the payload itself.</param>
/// <param name="Permission">Path of the permission, or empty: a window, a budget, a rate or a count is held against no permission, or none was found.</param>
/// <param name="Unmet">The first criterion that is not met, or null if all are.</param>
public sealed record TraceStep(string Position, string Permission, Denial? Unmet);

/// <summary>What a request takes from one budget.</summary>
/// <param name="Rule">The budget's path with its side, for example "ceiling.budgets[usdc]".</param>
/// <param name="Unit">The budget's unit.</param>
/// <param name="Amount">Decimal number; what it has more than the transaction it replaces.</param>
public sealed record TraceDebit(string Rule, string Unit, string Amount);
