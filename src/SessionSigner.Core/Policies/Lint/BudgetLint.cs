using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Budgets that bound nothing.</summary>
internal static class BudgetLint
{
    private const int AmountBits = 127;

    public static void Check(Policy policy, List<string> warnings)
    {
        var counted = policy
            .Ceiling.Permissions.SelectMany(permission => permission.Meters)
            .Select(meter => meter.Budget)
            .ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < policy.Ceiling.Budgets.Count; i++)
        {
            var budget = policy.Ceiling.Budgets[i];
            var path = StrictJson.Element("ceiling.budgets", i);
            if (!counted.Contains(budget.Name))
            {
                warnings.Add($"{path}: Nothing is counted into \"{budget.Name}\".");
            }
            if (budget.Limit.BitLength > AmountBits)
            {
                warnings.Add($"{path}.limit: 2^127 or more is no limit.");
            }
            if (budget.Per == BudgetPer.Session && policy.MaxOpenSessionsPerPrincipal is null)
            {
                warnings.Add(
                    $"{path}.per: Every session has a budget of its own, and nothing says how many may be open; share it, or set max_open_sessions_per_principal."
                );
            }
        }
    }
}
