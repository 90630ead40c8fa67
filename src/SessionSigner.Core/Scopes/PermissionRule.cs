using System.Text;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A compiled permission: what remains to be checked once a request was found by its key. Immutable.</summary>
internal abstract class PermissionRule(string path, CompiledConstraint[] constraints, CompiledMeter[] meters)
{
    /// <summary>Rule path, for example "ceiling.permissions[2]".</summary>
    public string Path { get; } = path;

    protected CompiledConstraint[] Constraints { get; } = constraints;

    protected CompiledMeter[] Meters { get; } = meters;

    /// <summary>Puts an outcome that is not met into words.</summary>
    public virtual Denial Explain(in Outcome outcome) =>
        outcome.Criterion switch
        {
            Criterion.Constraint => new Denial(
                DenialReason.ConstraintUnmet,
                Constraints[outcome.Index].Rule,
                DenialText.Clip(outcome.Text ?? ArgumentWord.Show(outcome.Word, Constraints[outcome.Index].Path.Leaf)),
                Constraints[outcome.Index].Limit
            ),
            Criterion.Meter => new Denial(
                DenialReason.BudgetExceeded,
                Meters[outcome.Index].Rule.Path,
                outcome.Text ?? "more than 2^256-1",
                Meters[outcome.Index].Rule.Limit.ToString()
            ),
            _ => new Denial(DenialReason.Unspecified, Path, "", ""),
        };

    /// <summary>Checks constraints and takes meters on decoded values.</summary>
    protected Outcome CheckValues(AbiValue.Tuple arguments, UInt256 nativeValue, DebitBuffer debits)
    {
        var found = new List<AbiValue>();
        for (var i = 0; i < Constraints.Length; i++)
        {
            if (!ArgumentWalk.TryFind(arguments, Constraints[i].Path, found))
            {
                return new Outcome(Criterion.Constraint, i, Text: "no such element");
            }
            foreach (var value in found)
            {
                if (CheckValue(Constraints[i], i, value) is { IsMet: false } outcome)
                {
                    return outcome;
                }
            }
        }
        for (var i = 0; i < Meters.Length; i++)
        {
            if (Meters[i].Path is not { } path)
            {
                found.Clear();
                found.Add(new AbiValue.Uint(nativeValue));
            }
            else if (!ArgumentWalk.TryFind(arguments, path, found))
            {
                return new Outcome(Criterion.Meter, i, Text: "no such element");
            }
            foreach (var value in found)
            {
                if (value is not AbiValue.Uint amount || !debits.TryAdd(Meters[i].Budget, amount.Value))
                {
                    return new Outcome(Criterion.Meter, i);
                }
            }
        }
        return Outcome.Met;
    }

    private static Outcome CheckValue(CompiledConstraint constraint, int index, AbiValue value)
    {
        if (ArgumentWord.TryRead(value, constraint.Path.Leaf, out var word))
        {
            return constraint.IsMet(word) ? Outcome.Met : new Outcome(Criterion.Constraint, index, word);
        }
        var (bytes, text) = value switch
        {
            AbiValue.Bytes data => (data.Value, data.ToString()),
            AbiValue.Text data => (Encoding.UTF8.GetBytes(data.Value), Grants.FaultList.Quote(data.Value)),
            _ => (default, "a value of another type"),
        };
        return value is AbiValue.Bytes or AbiValue.Text && constraint.IsMet(bytes.Span)
            ? Outcome.Met
            : new Outcome(Criterion.Constraint, index, Text: text);
    }
}
