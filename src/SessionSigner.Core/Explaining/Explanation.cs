namespace SessionSigner.Core;

/// <summary>A refusal, and what was considered before it.</summary>
/// <param name="Denial">The refusal.</param>
/// <param name="Trace">Everything that is not met, within the bounds of a refusal.</param>
internal sealed record Refusal(Denial Denial, DecisionTrace Trace)
{
    /// <summary>A refusal by something that stands before every permission: the payload's form, the window, the session's state.</summary>
    public static Refusal Of(Denial denial)
    {
        var trace = new TraceBuilder(TraceBounds.Refusal);
        trace.AddUnmet("", denial);
        return new Refusal(denial, trace.Build());
    }
}

/// <summary>Puts refusals into words. Changes and consumes nothing; whoever asks again before anything has moved is told the same.</summary>
internal static class Explanation
{
    /// <summary>Why the scope refused: evaluates once more, now with a trace, and goes through the narrowing even if the ceiling refuses.</summary>
    public static Refusal OfScope(
        ScopeEvaluation evaluation,
        LiveSession session,
        SigningPayload payload,
        long nowSeconds,
        in ScopeDecision decision
    )
    {
        var trace = new TraceBuilder(TraceBounds.Refusal);
        _ = evaluation.Evaluate(session.Ceiling, session.Narrowing, payload, nowSeconds, session.Facts, trace);
        return new Refusal(decision.Denial, trace.Build());
    }

    /// <summary>Which budgets, rates and counts have no room.</summary>
    public static Refusal OfMeters(in MeterDecision decision)
    {
        var trace = new TraceBuilder(TraceBounds.Refusal);
        Add(trace, decision);
        return new Refusal(decision.Denial, trace.Build());
    }

    /// <summary>Adds what has no room to a trace.</summary>
    public static void Add(TraceBuilder trace, in MeterDecision decision)
    {
        trace.BeginPart();
        foreach (var unmet in decision.Unmet)
        {
            trace.AddUnmet("", unmet);
        }
    }
}
