using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Permissions for the same calls: the first that allows is the one whose meters count, so a permission with fewer meters is a way around a budget.</summary>
internal static class OverlapLint
{
    public static void Check(Scope scope, List<string> warnings)
    {
        var seen = new Dictionary<(UInt256 Chain, Address Target, string Function), int>();
        var reported = new HashSet<(int, int)>();
        for (var i = 0; i < scope.Permissions.Count; i++)
        {
            if (scope.Permissions[i] is not CallPermission call)
            {
                continue;
            }
            var function = AbiFunction.TryParse(call.Function, out var parsed, out _) ? parsed!.CanonicalSignature : "";
            foreach (var chain in call.Chain is { } one ? [one] : scope.Chains)
            {
                foreach (var target in call.Targets)
                {
                    if (
                        !seen.TryAdd((chain, target, function), i)
                        && seen[(chain, target, function)] is var first
                        && !HasSameMeters(scope.Permissions[first], call)
                        && reported.Add((first, i))
                    )
                    {
                        warnings.Add(
                            $"ceiling.permissions[{i}].meters: ceiling.permissions[{first}] matches the same calls and counts other budgets; the first that allows decides which."
                        );
                    }
                }
            }
        }
    }

    private static bool HasSameMeters(Permission one, Permission other) => one.Meters.ToHashSet().SetEquals(other.Meters);
}
