namespace SessionSigner.Core;

/// <summary>What became of a signed order or transaction. The zero value is refused.</summary>
public enum ReleaseOutcome
{
    /// <summary>Not stated; refused.</summary>
    Unspecified = 0,

    /// <summary>It was executed: what it took stays taken, its place among the open orders comes back.</summary>
    Executed = 1,

    /// <summary>It was not and can no longer be executed: what it took comes back as well.</summary>
    Void = 2,
}

/// <summary>A reservation that was given back, durably.</summary>
/// <param name="GivenBack">What was given back of each budget; what no longer counted is not among it.</param>
/// <param name="SignedIndex">Index of the signature's entry.</param>
/// <param name="AuditIndex">Index of the release's entry.</param>
public sealed record ReleaseResult(IReadOnlyList<GivenBack> GivenBack, long SignedIndex, long AuditIndex);

/// <summary>An amount that was given back to a budget.</summary>
/// <param name="Rule">The budget's path with its side.</param>
/// <param name="Amount">Decimal number of base units, as in the audit log.</param>
public sealed record GivenBack(string Rule, string Amount);
