using System.Globalization;
using SessionSigner.V1;

namespace SessionSigner.Cli;

/// <summary>What a decision considered. The JSON shape is stable.</summary>
internal sealed record TraceView(IReadOnlyList<TraceStepView> Steps, uint LeftOut, IReadOnlyList<TraceDebitView> Debits)
{
    public static TraceView? From(Trace? trace) =>
        trace is null
            ? null
            : new TraceView(
                [.. trace.Steps.Select(TraceStepView.From)],
                trace.LeftOut,
                [.. trace.Debits.Select(debit => new TraceDebitView(debit.Rule, debit.Unit, debit.Amount))]
            );

    /// <summary>A tree: the side, what was considered, why it is not met.</summary>
    public IEnumerable<string> Lines()
    {
        var side = "";
        foreach (var step in Steps)
        {
            if (step.Side != side)
            {
                side = step.Side;
                yield return "  " + side;
            }
            yield return "    " + step.Headline();
            if (!step.Met)
            {
                yield return "      " + step.Explanation();
            }
        }
        if (LeftOut > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  and {LeftOut} more");
        }
        if (Debits.Count > 0)
        {
            yield return "  would take";
        }
        foreach (var debit in Debits)
        {
            yield return $"    {Names.Amount(debit.Amount)} {debit.Unit} from {debit.Rule}";
        }
    }
}

/// <summary>One permission or rule that was considered.</summary>
internal sealed record TraceStepView(
    string Position,
    string Permission,
    bool Met,
    string? Reason,
    string Rule,
    string Observed,
    string Limit,
    string Headroom,
    ulong RetryAfterMs
)
{
    /// <summary>"ceiling", "narrowing" or "session"; the payload's own form is "payload".</summary>
    internal string Side => Subject.Split('.')[0];

    private string Subject => Permission.Length > 0 ? Permission : Rule;

    public static TraceStepView From(TraceStep step) =>
        new(
            step.Position,
            step.Permission,
            step.Met,
            step.Met ? null : Names.Of(step.Reason),
            step.Rule,
            step.Observed,
            step.Limit,
            step.Headroom,
            step.RetryAfterMs
        );

    internal string Headline()
    {
        var where = Position.Length > 0 ? Position + " " : "";
        return $"{where}{WithoutSide(Subject)}: {(Met ? "allows" : Reason)}";
    }

    internal string Explanation()
    {
        var rule = Permission.Length > 0 && Rule != Permission ? WithoutSide(Rule) + ": " : "";
        var left = Headroom.Length > 0 ? $"; {Names.Amount(Headroom)} left" : "";
        var retry = RetryAfterMs > 0 ? string.Create(CultureInfo.InvariantCulture, $"; again in {RetryAfterMs} ms") : "";
        return $"{rule}{Names.Amount(Observed)}, allowed: {Names.Amount(Limit)}{left}{retry}";
    }

    private string WithoutSide(string path) => path.StartsWith(Side + ".", StringComparison.Ordinal) ? path[(Side.Length + 1)..] : path;
}

/// <summary>What a request would take from a budget.</summary>
internal sealed record TraceDebitView(string Rule, string Unit, string Amount);
