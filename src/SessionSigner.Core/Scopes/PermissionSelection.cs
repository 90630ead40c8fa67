namespace SessionSigner.Core;

/// <summary>
/// Takes what each permission for a request says of it, in the order of the document. One that allows is enough. Of those that do, the one that counts most into a budget says
/// how much is taken from it, so the order does not matter, and no permission is a way around what another one counts.
/// </summary>
/// <typeparam name="TRule">The kind of permission.</typeparam>
internal ref struct PermissionSelection<TRule>
    where TRule : PermissionRule
{
    private readonly DebitBuffer _debits;
    private readonly TraceBuilder? _trace;
    private readonly TraceBuilder.State _mark;
    private TRule? _refusing;
    private Outcome _furthest;

    /// <summary>Begins. Nothing else may use the debits until the end but the permissions that are asked.</summary>
    /// <param name="debits">What was taken before: by the request itself, by earlier calls of the same container.</param>
    /// <param name="trace">Receives what was considered, if there is one.</param>
    public PermissionSelection(DebitBuffer debits, TraceBuilder? trace)
    {
        _debits = debits;
        _trace = trace;
        _mark = trace?.Mark() ?? default;
        debits.BeginComparison();
    }

    /// <summary>The first permission that allows; null if none does, or if one would but for an amount that it cannot count.</summary>
    public TRule? Allowing { get; private set; }

    /// <summary>Takes what a permission says; what it counts is in the debits.</summary>
    /// <returns>Whether it is the first that allows.</returns>
    public bool Add(TRule rule, in Outcome outcome)
    {
        if (!outcome.IsMet)
        {
            _debits.Discard();
            Refuse(rule, outcome);
            return false;
        }
        _debits.KeepLargest();
        if (Allowing is not null || IsUncountable)
        {
            return false;
        }
        Allowing = rule;
        // What refused was not what decided.
        _trace?.Rollback(_mark);
        _trace?.AddMet(rule.Path);
        return true;
    }

    /// <summary>Ends: the debits are what is taken. If no permission allows, the one that the request came furthest under says why, the first of equals.</summary>
    public readonly ScopeDecision End()
    {
        if (Allowing is not null)
        {
            _debits.EndComparison();
            return ScopeDecision.Allow(Allowing.Path);
        }
        _debits.Discard();
        return _refusing is not null ? ScopeDecision.Refuse(_refusing.Explain(_furthest)) : default;
    }

    // All of a permission is met but that its amount can be counted: no other one may let the request through without that amount.
    private readonly bool IsUncountable => _furthest.Criterion == Criterion.Meter;

    private void Refuse(TRule rule, in Outcome outcome)
    {
        if (_refusing is null || outcome.IsFurtherThan(_furthest))
        {
            (_furthest, _refusing) = (outcome, rule);
        }
        if (Allowing is not null && IsUncountable)
        {
            Allowing = null;
            _trace?.Rollback(_mark);
        }
        if (Allowing is null)
        {
            _trace?.AddUnmet(rule, outcome);
        }
    }
}
