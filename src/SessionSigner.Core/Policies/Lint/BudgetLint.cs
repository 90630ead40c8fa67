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
            else if (FeeLint.IsNoCap(budget.Limit) && Meters(policy.Ceiling, budget).Any(meter => meter.Path is null))
            {
                warnings.Add($"{path}.limit: More than 10^24 of native value or gas, a million ether, is no limit.");
            }
            if (budget.Per == BudgetPer.Session && !IsCountedElsewhere(policy.Ceiling, budget))
            {
                warnings.Add(
                    $"{path}.per: \"{budget.Name}\" begins anew with every session, and who closes one may open the next: nothing bounds what they spend together. "
                        + "Count the same into a budget per principal, policy or primary_key."
                );
            }
        }
    }

    private static IEnumerable<Meter> Meters(Scope scope, Budget budget) =>
        scope.Permissions.SelectMany(permission => permission.Meters).Where(meter => meter.Budget == budget.Name);

    // Whether everything that counts into a budget counts into one that sessions share as well.
    private static bool IsCountedElsewhere(Scope scope, Budget budget)
    {
        var shared = scope.Budgets.Where(one => one.Per != BudgetPer.Session).Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        return scope.Permissions.All(permission =>
            permission
                .Meters.Where(meter => meter.Budget == budget.Name)
                .All(meter =>
                    permission.Meters.Any(other => shared.Contains(other.Budget) && other with { Budget = meter.Budget } == meter)
                )
        );
    }
}
