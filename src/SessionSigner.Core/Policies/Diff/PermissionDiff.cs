using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// What changes in the permissions, by name. Where two permissions allow the same, all are counted that either counts: what one no longer allows another
/// may still allow and count less, so a narrowing of either is unclear.
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
            else if (Kind(permission) != Kind(other))
            {
                list.Add(
                    StrictJson.Member(place, "kind"),
                    ChangeEffect.Widens,
                    permission,
                    other,
                    "another permission under the same name"
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
        if (list.Changes.Count == found)
        {
            list.Add(path, ChangeEffect.None, null, null, "another order of the permissions");
        }
        return true;
    }

    private static void CompareOne(ChangeList all, string path, JsonItem.Object old, JsonItem.Object now, bool overlaps)
    {
        var list = new ChangeList();
        var kind = Kind(old);
        list.Members(path, old, now, (name, place, before, after) => MemberDiff.Compare(list, kind, name, place, before, after));
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

    private static string Kind(JsonItem.Object permission) => (permission.Find("kind") as JsonItem.Text)?.Value ?? "";

    // Whether any other permission, of either version, may be for what this one is for, in either version.
    private static bool Overlaps(Scope old, Scope now, string name)
    {
        Permission[] all = [.. old.Permissions, .. now.Permissions];
        return all.Where(permission => permission.Name == name)
            .Any(one => all.Any(other => other.Name != name && PermissionOverlap.May(one, other)));
    }
}
