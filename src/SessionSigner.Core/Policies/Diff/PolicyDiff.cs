using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// Says what changes between two versions of a policy and what each change does, taken by itself. Conservative: what it calls narrowing allows nothing new, and what
/// it cannot tell it calls unclear. Rules: proto/spec/policy.md, "Differences".
/// </summary>
public static class PolicyDiff
{
    /// <summary>Compares two policies.</summary>
    /// <returns>The changes; empty only if the documents are the same.</returns>
    public static IReadOnlyList<PolicyChange> Compare(Policy old, Policy now)
    {
        var list = new ChangeList();
        list.Members(
            "",
            Read(old),
            Read(now),
            (name, path, before, after) =>
                name switch
                {
                    "name" => Add(list, path, ChangeEffect.Unclear, before, after, "another policy: budgets it shares begin anew"),
                    "description" => Add(list, path, ChangeEffect.None, before, after, ""),
                    "principals" or "primary_keys" or "accounts" or "audiences" => list.AllowList(path, before, after),
                    "max_lifetime_seconds" or "max_open_sessions_per_principal" => list.Cap(path, before, after),
                    "ceiling" => CompareCeiling(list, old, now, path, before, after),
                    _ => false,
                }
        );
        return list.Changes;
    }

    /// <summary>What all changes together do: widening before unclear before narrowing.</summary>
    public static ChangeEffect Overall(IReadOnlyList<PolicyChange> changes) =>
        changes.Any(change => change.Effect == ChangeEffect.Widens) ? ChangeEffect.Widens
        : changes.Any(change => change.Effect == ChangeEffect.Unclear) ? ChangeEffect.Unclear
        : changes.Any(change => change.Effect == ChangeEffect.Narrows) ? ChangeEffect.Narrows
        : ChangeEffect.None;

    private static bool CompareCeiling(ChangeList list, Policy old, Policy now, string path, JsonItem? before, JsonItem? after)
    {
        if (before is not JsonItem.Object oldScope || after is not JsonItem.Object newScope)
        {
            return false;
        }
        list.Members(
            path,
            oldScope,
            newScope,
            (name, place, one, other) =>
                name switch
                {
                    "not_before" => list.Floor(place, one, other),
                    "not_after" or "max_signatures" or "max_open_orders" => list.Cap(place, one, other),
                    "chains" or "accounts" => list.AllowList(place, one, other),
                    "rates" => CompareRates(list, place, one, other),
                    "budgets" => BudgetDiff.Compare(list, place, one, other),
                    "permissions" => PermissionDiff.Compare(list, old.Ceiling, now.Ceiling, place, one, other),
                    _ => false,
                }
        );
        return true;
    }

    // All rates hold at once: one more narrows, one less widens, and of two with the same window the one with the lower maximum allows less.
    private static bool CompareRates(ChangeList list, string path, JsonItem? old, JsonItem? now)
    {
        var (gone, added) = (ChangeList.Missing(old, now).ToList(), ChangeList.Missing(now, old).ToList());
        if (gone.Count == 0 && added.Count == 0)
        {
            return Add(list, path, ChangeEffect.None, old, now, "another order");
        }
        foreach (var rate in gone)
        {
            var same = added.Where(other => Window(other) == Window(rate)).ToList();
            if (same.Count == 1 && gone.Count(other => Window(other) == Window(rate)) == 1)
            {
                var place = $"{path}[{Window(rate)} s].max";
                list.Cap(place, ((JsonItem.Object)rate).Find("max"), ((JsonItem.Object)same[0]).Find("max"));
                added.Remove(same[0]);
                continue;
            }
            list.Add(path, ChangeEffect.Widens, rate, null);
        }
        foreach (var rate in added)
        {
            list.Add(path, ChangeEffect.Narrows, null, rate);
        }
        return true;
    }

    private static string Window(JsonItem rate) => ChangeList.Text((rate as JsonItem.Object)?.Find("window_seconds"));

    private static bool Add(ChangeList list, string path, ChangeEffect effect, JsonItem? before, JsonItem? after, string note)
    {
        list.Add(path, effect, before, after, note);
        return true;
    }

    private static JsonItem.Object Read(Policy policy) =>
        StrictJson.Read(System.Text.Encoding.UTF8.GetBytes(policy.CanonicalJson), new FaultList()) as JsonItem.Object
        ?? throw new InvalidOperationException("A policy is a document that was read.");
}
