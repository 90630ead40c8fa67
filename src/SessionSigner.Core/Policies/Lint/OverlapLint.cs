using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Permissions for the same calls or messages: the first that allows is the one whose meters count, so a permission with fewer meters is a way around a budget.</summary>
internal static class OverlapLint
{
    public static void Check(Scope scope, List<string> warnings)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var reported = new HashSet<(int, int)>();
        for (var i = 0; i < scope.Permissions.Count; i++)
        {
            var (matched, what) = scope.Permissions[i] is TypedDataPermission typed
                ? ([Key(typed)], "messages")
                : (Keys(scope, i), "calls");
            foreach (var key in matched)
            {
                if (
                    !seen.TryAdd(key, i)
                    && seen[key] is var first
                    && !HasSameMeters(scope.Permissions[first], scope.Permissions[i])
                    && reported.Add((first, i))
                )
                {
                    Warn(i, first, what, warnings);
                }
            }
            if (FindOperations(scope, i) is { } earlier)
            {
                Warn(i, earlier, "user operations", warnings);
            }
        }
    }

    private static void Warn(int index, int first, string what, List<string> warnings) =>
        warnings.Add(
            $"ceiling.permissions[{index}].meters: ceiling.permissions[{first}] matches the same {what} and counts other budgets; the first that allows decides which."
        );

    // The first permission before this one that an operation can be for as well, and that counts otherwise.
    private static int? FindOperations(Scope scope, int index)
    {
        for (var i = 0; i < index && scope.Permissions[index] is UserOperationPermission; i++)
        {
            if (
                scope.Permissions[i] is UserOperationPermission earlier
                && PermissionOverlap.May(earlier, scope.Permissions[index])
                && !HasSameMeters(earlier, scope.Permissions[index])
            )
            {
                return i;
            }
        }
        return null;
    }

    private static IEnumerable<string> Keys(Scope scope, int index)
    {
        if (scope.Permissions[index] is not CallPermission call)
        {
            return [];
        }
        var function = AbiFunction.TryParse(call.Function, out var parsed, out _) ? parsed!.CanonicalSignature : "";
        return from chain in call.Chain is { } one ? [one] : scope.Chains from target in call.Targets select $"{chain} {target} {function}";
    }

    private static string Key(TypedDataPermission typed) => $"{DomainHash.Of(typed.Domain)} {typed.Type}";

    private static bool HasSameMeters(Permission one, Permission other) => one.Meters.ToHashSet().SetEquals(other.Meters);
}
