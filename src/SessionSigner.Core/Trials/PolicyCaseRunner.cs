using System.Globalization;

namespace SessionSigner.Core;

/// <summary>Runs one case against a policy and compares.</summary>
internal static class PolicyCaseRunner
{
    public static CaseResult Run(Policy policy, PolicyCase one)
    {
        var trial = new PolicyTrial(policy, one.AtSeconds * 1_000);
        var sessions = new Dictionary<string, TrialSession>(StringComparer.Ordinal);
        var steps = new List<CaseStepResult>();
        foreach (var wanted in one.Sessions)
        {
            var (decision, problem) = Open(trial, policy, wanted, out var session);
            if (session is not null)
            {
                sessions.Add(wanted.Name, session);
            }
            // A session that should open and does is not worth a line.
            if (session is null || wanted.Expected.IsAllowed != true)
            {
                steps.Add(Compare(policy, "open " + wanted.Name, wanted.Expected, decision, problem));
            }
        }
        foreach (var request in one.Requests)
        {
            trial.Advance(request.AfterSeconds);
            steps.Add(
                sessions.TryGetValue(request.Session, out var session)
                    ? Compare(policy, request.Name, request.Expected, session.Decide(request.Kind, request.Body), null)
                    : new CaseStepResult(request.Name, false, Describe(request.Expected), "the session is not open")
            );
        }
        return new CaseResult(one.Name, steps);
    }

    private static (ScopeDecision Decision, string? Problem) Open(
        PolicyTrial trial,
        Policy policy,
        CaseSession wanted,
        out TrialSession? session
    )
    {
        session = null;
        if ((wanted.Principal ?? (policy.Principals.Count == 1 ? policy.Principals[0] : null)) is not { } principal)
        {
            return (default, "the policy has several principals and the session names none");
        }
        try
        {
            return trial.Open(new Principal(principal), wanted.Command, out session) is { } denial
                ? (ScopeDecision.Refuse(denial), null)
                : (ScopeDecision.Allow("policy"), null);
        }
        catch (SignerException exception) when (exception.Code == ErrorCode.InvalidRequest)
        {
            return (default, $"invalid {exception.Field}: {exception.Message}");
        }
    }

    private static CaseStepResult Compare(Policy policy, string name, in Expectation expected, in ScopeDecision decision, string? problem)
    {
        if (problem is not null)
        {
            return new CaseStepResult(name, false, Describe(expected), problem);
        }
        var rule = decision.IsAllowed ? decision.AllowedBy! : decision.Denial.Rule;
        var named = WithName(policy, rule);
        var passed =
            expected.IsAllowed == decision.IsAllowed
            && (decision.IsAllowed || expected.Reason == decision.Denial.Reason)
            && (expected.Rule is null || expected.Rule == rule || expected.Rule == named);
        return new CaseStepResult(name, passed, Describe(expected), Describe(decision, named));
    }

    private static string Describe(in Expectation expected)
    {
        var decision = expected.IsAllowed == true ? "allow" : "refuse " + ReasonText.Of(expected.Reason);
        return expected.Rule is { } rule ? $"{decision} by {rule}" : decision;
    }

    internal static string Describe(in ScopeDecision decision, string rule)
    {
        if (decision.IsAllowed)
        {
            return $"allow by {rule}";
        }
        var denial = decision.Denial;
        var left = denial.Headroom.Length > 0 ? $", left {denial.Headroom}" : "";
        return $"refuse {ReasonText.Of(denial.Reason)} by {rule}: {denial.Observed}, allowed {denial.Limit}{left}";
    }

    /// <summary>The path with the permission's name in place of its position, which changes with every permission before it.</summary>
    internal static string WithName(Policy policy, string rule)
    {
        const string Start = "ceiling.permissions[";
        var end = rule.IndexOf(']', StringComparison.Ordinal);
        return
            rule.StartsWith(Start, StringComparison.Ordinal)
            && end > 0
            && int.TryParse(rule.AsSpan(Start.Length..end), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < policy.Ceiling.Permissions.Count
            ? $"{Start}{policy.Ceiling.Permissions[index].Name}{rule[end..]}"
            : rule;
    }
}
