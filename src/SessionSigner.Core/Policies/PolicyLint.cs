using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Says what in a policy is allowed but usually not meant: the ways in which caps are got around. Warnings, not faults.</summary>
public static class PolicyLint
{
    private const int LongLifetimeSeconds = 24 * 3_600;

    /// <summary>Checks a policy.</summary>
    /// <returns>One sentence for each finding, naming the path; empty if there is nothing to say.</returns>
    public static IReadOnlyList<string> Check(Policy policy)
    {
        var warnings = new List<string>();
        if (policy.MaxLifetimeSeconds > LongLifetimeSeconds)
        {
            warnings.Add(
                $"max_lifetime_seconds: Sessions may live for {policy.MaxLifetimeSeconds / 3_600} hours; a key that leaks is useful for as long."
            );
        }
        if (policy.Ceiling.MaxSignatures is null)
        {
            warnings.Add("ceiling.max_signatures: Missing; the number of signatures is bounded by nothing but the session's life.");
        }
        if (policy.Ceiling.Rates.Count == 0)
        {
            warnings.Add("ceiling.rates: Missing; nothing slows down a caller that runs away.");
        }
        for (var i = 0; i < policy.Ceiling.Permissions.Count; i++)
        {
            var path = StrictJson.Element("ceiling.permissions", i);
            var permission = policy.Ceiling.Permissions[i];
            if (permission is CallPermission call)
            {
                CallLint.Check(call, path, warnings);
            }
            else if (permission is TypedDataPermission typed)
            {
                TypedDataLint.Check(typed, path, warnings);
            }
        }
        OverlapLint.Check(policy.Ceiling, warnings);
        return warnings;
    }
}
