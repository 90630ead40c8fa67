using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// What changes in the permissions, by name. Where two permissions allow the same, the first that allows decides what is counted: what one no longer allows another
/// may then allow into fewer budgets, so a narrowing of either is unclear.
/// </summary>
internal static class PermissionDiff
{
    private const string OverlapNote = "another permission is for the same and may count less";

    public static bool Compare(ChangeList list, Scope oldScope, Scope newScope, string path, JsonItem? old, JsonItem? now)
    {
        var (before, after) = (BudgetDiff.ByName(old), BudgetDiff.ByName(now));
        var found = list.Changes.Count;
        foreach (var (name, permission) in before)
        {
            var place = $"{path}[{name}]";
            var overlaps = Overlaps(oldScope, newScope, name);
            if (!after.TryGetValue(name, out var other))
            {
                list.Add(
                    place,
                    overlaps ? ChangeEffect.Unclear : ChangeEffect.Narrows,
                    permission,
                    null,
                    overlaps ? OverlapNote : "nothing else is for the same"
                );
            }
            else
            {
                CompareOne(list, place, permission, other, overlaps);
            }
        }
        foreach (var (name, permission) in after.Where(pair => !before.ContainsKey(pair.Key)))
        {
            list.Add($"{path}[{name}]", ChangeEffect.Widens, null, permission);
        }
        CompareOrder(list, oldScope, newScope, path);
        if (list.Changes.Count == found)
        {
            list.Add(path, ChangeEffect.None, null, null, "another order of permissions that have nothing in common");
        }
        return true;
    }

    private static void CompareOne(ChangeList all, string path, JsonItem.Object old, JsonItem.Object now, bool overlaps)
    {
        var list = new ChangeList();
        list.Members(path, old, now, (name, place, before, after) => CompareMember(list, name, place, before, after));
        foreach (var change in list.Changes)
        {
            all.Add(
                overlaps && change.Effect == ChangeEffect.Narrows
                    ? change with
                    {
                        Effect = ChangeEffect.Unclear,
                        Note = OverlapNote,
                    }
                    : change
            );
        }
    }

    private static bool CompareMember(ChangeList list, string name, string path, JsonItem? old, JsonItem? now)
    {
        switch (name)
        {
            case "targets":
                return list.AllowList(path, old, now);
            case "chain" when old is null || now is null:
                list.Add(
                    path,
                    old is null ? ChangeEffect.Narrows : ChangeEffect.Widens,
                    old,
                    now,
                    "without it, every chain of the ceiling"
                );
                return true;
            case "max_native_value":
                return list.Cap(path, old ?? Zero, now ?? Zero);
            case "max_gas" or "max_fee_per_gas" or "max_priority_fee_per_gas":
                return list.Cap(path, old, now);
            case "allow_access_list":
                list.Add(path, now is JsonItem.Boolean { Value: true } ? ChangeEffect.Widens : ChangeEffect.Narrows, old, now);
                return true;
            case "unwrap" when old is null || now is null:
                list.Add(
                    path,
                    old is null ? ChangeEffect.Narrows : ChangeEffect.Widens,
                    old,
                    now,
                    "without it, the calls that the call carries are not looked into"
                );
                return true;
            case "constraints":
                return ConstraintDiff.Compare(list, path, old, now);
            case "meters":
                return CompareMeters(list, path, old, now);
            default:
                return false;
        }
    }

    private static JsonItem.Text Zero { get; } = new("0");

    private static bool CompareMeters(ChangeList list, string path, JsonItem? old, JsonItem? now)
    {
        foreach (var meter in ChangeList.Missing(old, now))
        {
            list.Add(path, ChangeEffect.Widens, meter, null, "it counts into one budget less");
        }
        foreach (var meter in ChangeList.Missing(now, old))
        {
            list.Add(path, ChangeEffect.Narrows, null, meter, "it counts into one budget more");
        }
        if (!ChangeList.Missing(old, now).Any() && !ChangeList.Missing(now, old).Any())
        {
            list.Add(path, ChangeEffect.None, old, now, "another order");
        }
        return true;
    }

    // Which of two that overlap comes first decides what is counted.
    private static void CompareOrder(ChangeList list, Scope old, Scope now, string path)
    {
        var places = now.Permissions.Select((permission, i) => (permission.Name, i)).ToDictionary(pair => pair.Name, pair => pair.i);
        var common = old.Permissions.Where(permission => places.ContainsKey(permission.Name)).ToList();
        for (var i = 0; i < common.Count; i++)
        {
            for (var j = i + 1; j < common.Count; j++)
            {
                var (first, second) = (places[common[i].Name], places[common[j].Name]);
                if (first > second && (MayOverlap(common[i], common[j]) || MayOverlap(now.Permissions[first], now.Permissions[second])))
                {
                    list.Add(
                        path,
                        ChangeEffect.Unclear,
                        new JsonItem.Text($"{common[i].Name} before {common[j].Name}"),
                        new JsonItem.Text($"{common[j].Name} before {common[i].Name}"),
                        "of permissions for the same, the first that allows decides what is counted"
                    );
                }
            }
        }
    }

    // Whether any other permission, of either version, may be for what this one is for, in either version.
    private static bool Overlaps(Scope old, Scope now, string name)
    {
        Permission[] all = [.. old.Permissions, .. now.Permissions];
        return all.Where(permission => permission.Name == name).Any(one => all.Any(other => other.Name != name && MayOverlap(one, other)));
    }

    private static bool MayOverlap(Permission one, Permission other) =>
        (one, other) switch
        {
            (CallPermission a, CallPermission b) => Selector(a) == Selector(b) && a.Targets.Intersect(b.Targets).Any(),
            (TypedDataPermission a, TypedDataPermission b) => a.PrimaryType == b.PrimaryType,
            _ => one.GetType() == other.GetType(),
        };

    // Null for a plain transfer.
    private static uint? Selector(CallPermission call) =>
        AbiFunction.TryParse(call.Function, out var function, out _) ? function!.Selector : null;
}
