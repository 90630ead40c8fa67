using SessionSigner.Core;
using SessionSigner.Grants;

namespace SessionSigner.Server;

/// <summary>Whether the policies, or the roster that decides on them, say what is probably meant.</summary>
internal static class PolicyExamination
{
    private const string Policies = "policies";

    public static IEnumerable<Finding> Run(DaemonOptions options) =>
        options.FirstRoster is { } roster
            ? ExamineRoster(roster, options.Identities.Values)
            : options
                .Policies.SelectMany(pin => ExaminePin(pin, options.Identities))
                .Prepend(Finding.Good(Policies, "pinned by configuration"));

    private static IEnumerable<Finding> ExamineRoster(ApproverRoster roster, IEnumerable<Roles> given)
    {
        yield return Finding.Good(Policies, $"by approval of {roster.Threshold} of {roster.Approvers.Count}; first roster {roster.Digest}");
        foreach (var warning in RosterLint.Check(roster))
        {
            yield return Finding.Warn(
                Policies,
                $"first roster: {warning}",
                "if that is not meant, change approvers before the first start; afterwards propose another roster"
            );
        }
        foreach (var role in new[] { Roles.Operator, Roles.Approver }.Where(role => !given.Any(roles => roles.HasFlag(role))))
        {
            yield return Finding.Warn(
                Policies,
                $"no identity has the role {role.ToString().ToLowerInvariant()}",
                "without one no policy comes into force: give an identity of its own that role"
            );
        }
    }

    private static IEnumerable<Finding> ExaminePin(PolicyPin pin, IReadOnlyDictionary<string, Roles> identities)
    {
        var policy = pin.Policy;
        var unknown = policy.Principals.Where(principal => !identities.GetValueOrDefault(principal).HasFlag(Roles.Trader)).ToArray();
        yield return unknown.Length == 0
            ? Finding.Good("policy", $"{policy.Name}, digest {policy.Digest}")
            : Finding.Warn(
                "policy",
                $"{policy.Name} names {string.Join(", ", unknown)}, which has no role trader",
                "give the identity the role trader, or remove it from the policy"
            );
        foreach (var warning in PolicyLint.Check(policy))
        {
            yield return Finding.Warn(
                "policy",
                $"{policy.Name}: {warning}",
                $"if that is not meant, change {pin.File} and pin the digest that 'sessionsigner policy show' prints of it"
            );
        }
    }
}
