using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace SessionSigner.Core.Tests;

/// <summary>A trace and the decision it explains never disagree.</summary>
public class TracePropertyTests
{
    [Property(MaxTest = 400)]
    public Property What_is_not_met_is_what_refused_and_what_is_allowed_has_nothing_unmet() =>
        Prop.ForAll(
            Gen.Zip(ScopePropertyTests.Documents(), ScopePropertyTests.Payloads()).ToArbitrary(),
            sample =>
            {
                var scope = ScopeBuilder.CompileDocument(JsonNode.Parse(sample.Item1)!.AsObject());
                var decision = scope.Ask(sample.Item2);
                var (again, trace) = Explain(scope, sample.Item2);
                var unmet = trace.Steps.Where(step => step.Unmet is not null).ToArray();
                return again.IsAllowed == decision.IsAllowed
                    && trace.LeftOut == 0
                    && (
                        decision.IsAllowed
                            ? unmet.Length == 0 && trace.Steps.Single().Permission == decision.AllowedBy
                            : unmet.Length == trace.Steps.Count && unmet.Any(step => step.Unmet == decision.Denial)
                    );
            }
        );

    [Property(MaxTest = 200)]
    public Property Asked_again_the_trace_is_the_same() =>
        Prop.ForAll(
            Gen.Zip(ScopePropertyTests.Documents(), ScopePropertyTests.Payloads()).ToArbitrary(),
            sample =>
            {
                var scope = ScopeBuilder.CompileDocument(JsonNode.Parse(sample.Item1)!.AsObject());
                return Explain(scope, sample.Item2).Trace.Steps.SequenceEqual(Explain(scope, sample.Item2).Trace.Steps);
            }
        );

    [Property(MaxTest = 200)]
    public Property A_refusal_lists_a_beginning_of_what_an_evaluation_lists_and_counts_the_rest() =>
        Prop.ForAll(
            Gen.Zip(ScopePropertyTests.Documents(), ScopePropertyTests.Payloads()).ToArbitrary(),
            sample =>
            {
                var scope = ScopeBuilder.CompileDocument(JsonNode.Parse(sample.Item1)!.AsObject());
                var all = Explain(scope, sample.Item2).Trace;
                var some = Explain(scope, sample.Item2, TraceBounds.Refusal).Trace;
                var unmet = all.Steps.Where(step => step.Unmet is not null).Select(step => (step.Permission, step.Unmet!.Rule)).ToArray();
                return some.Steps.Select(step => (step.Permission, step.Unmet!.Rule)).SequenceEqual(unmet.Take(some.Steps.Count))
                    && some.Steps.Count + some.LeftOut == unmet.Length;
            }
        );

    internal static (ScopeDecision Decision, DecisionTrace Trace) Explain(
        CompiledScope scope,
        SigningPayload payload,
        TraceBounds? bounds = null,
        SessionFacts session = default
    )
    {
        var trace = new TraceBuilder(bounds ?? TraceBounds.Answer);
        var decision = scope.Evaluate(payload, ScopeBuilder.Now, new DebitBuffer(), session, trace);
        return (decision, trace.Build());
    }
}
