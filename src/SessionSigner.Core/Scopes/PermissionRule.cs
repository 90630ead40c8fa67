using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A compiled permission: what remains to be checked once a request was found by its key. Immutable.</summary>
internal abstract class PermissionRule(string path, CompiledConstraint[] constraints, CompiledMeter[] meters)
{
    /// <summary>Rule path, for example "ceiling.permissions[2]".</summary>
    public string Path { get; } = path;

    /// <summary>How often its constraints and meters look at the elements of arrays; see <see cref="ElementBound"/>.</summary>
    public int ElementLooks { get; } =
        constraints.Sum(constraint => constraint.ElementLooks) + meters.Sum(meter => ElementBound.LooksOf(meter.Path));

    /// <summary>Whether what the gas may cost is counted, so that it has to be worked out.</summary>
    protected bool CountsGas { get; } = meters.Any(meter => meter.OfGasCost);

    protected CompiledConstraint[] Constraints { get; } = constraints;

    protected CompiledMeter[] Meters { get; } = meters;

    /// <summary>Puts an outcome that is not met into words.</summary>
    public virtual Denial Explain(in Outcome outcome) =>
        outcome.Criterion switch
        {
            Criterion.Constraint when outcome.Unmet is { } unmet => new Denial(
                DenialReason.ConstraintUnmet,
                unmet.Rule,
                DenialText.Clip(outcome.Text ?? ArgumentWord.Show(outcome.Word, unmet.Type)),
                unmet.Limit
            ),
            Criterion.Meter => new Denial(
                DenialReason.BudgetExceeded,
                Meters[outcome.Index].Rule.Path,
                outcome.Text ?? "more than 2^256-1",
                Meters[outcome.Index].Rule.Show(Meters[outcome.Index].Rule.Limit)
            ),
            _ => new Denial(DenialReason.Unspecified, Path, "", ""),
        };

    /// <summary>Checks constraints, then takes meters. Allocates only if decoded values are used, or if it refuses.</summary>
    /// <param name="arguments">What constraints and meters look at.</param>
    /// <param name="nativeValue">Wei that are sent along.</param>
    /// <param name="gasCost">Wei that the gas may cost at most; 0 for what has no gas of its own.</param>
    /// <param name="debits">Receives what the meters count.</param>
    protected Outcome CheckArguments(in Arguments arguments, UInt256 nativeValue, UInt256 gasCost, DebitBuffer debits)
    {
        if (CheckAll(Constraints, arguments) is { IsMet: false } unmet)
        {
            return unmet;
        }
        for (var i = 0; i < Meters.Length; i++)
        {
            string? fault = null;
            var isCounted = Meters[i].Path is { } path
                ? arguments.TryCount(Meters[i], path, debits, out fault)
                : debits.TryAdd(Meters[i].Budget, Meters[i].OfGasCost ? gasCost : nativeValue);
            if (!isCounted)
            {
                return new Outcome(Criterion.Meter, i, Text: fault);
            }
        }
        return Outcome.Met;
    }

    private static Outcome CheckAll(CompiledConstraint[] constraints, in Arguments arguments)
    {
        for (var i = 0; i < constraints.Length; i++)
        {
            var comparison = constraints[i] as CompiledComparison;
            if (comparison is not null && arguments.Holds(comparison))
            {
                continue;
            }
            var outcome = constraints[i] switch
            {
                CompiledComparison => arguments.Check(comparison!),
                CompiledChoice choice => CheckAny(choice, arguments),
                _ => new Outcome(Criterion.Constraint),
            };
            if (!outcome.IsMet)
            {
                return outcome with { Index = i };
            }
        }
        return Outcome.Met;
    }

    // If no alternative holds, the one of which most constraints were met says why, the first of equals.
    private static Outcome CheckAny(CompiledChoice choice, in Arguments arguments)
    {
        var furthest = default(Outcome);
        foreach (var alternative in choice.Alternatives)
        {
            var outcome = CheckAll(alternative, arguments);
            if (outcome.IsMet)
            {
                return outcome;
            }
            furthest = outcome.IsFurtherThan(furthest) ? outcome : furthest;
        }
        return furthest;
    }
}
