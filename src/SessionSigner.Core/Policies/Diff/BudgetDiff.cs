using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What changes in the budgets, by name. What is counted into them is the permissions' to say.</summary>
internal static class BudgetDiff
{
    public static bool Compare(ChangeList list, string path, JsonItem? old, JsonItem? now)
    {
        var (before, after) = (ByName(old), ByName(now));
        foreach (var (name, budget) in before)
        {
            var place = $"{path}[{name}]";
            if (after.TryGetValue(name, out var other))
            {
                CompareOne(list, place, budget, other);
            }
            else
            {
                list.Add(place, ChangeEffect.None, budget, null, "what was counted into it says what that does");
            }
        }
        foreach (var (name, budget) in after.Where(pair => !before.ContainsKey(pair.Key)))
        {
            list.Add($"{path}[{name}]", ChangeEffect.None, null, budget, "what is counted into it says what that does");
        }
        return true;
    }

    /// <summary>The objects of a list by their names.</summary>
    public static Dictionary<string, JsonItem.Object> ByName(JsonItem? list) =>
        ChangeList
            .Items(list)
            .OfType<JsonItem.Object>()
            .ToDictionary(item => (item.Find("name") as JsonItem.Text)?.Value ?? "", StringComparer.Ordinal);

    private static void CompareOne(ChangeList list, string path, JsonItem.Object old, JsonItem.Object now)
    {
        list.Members(
            path,
            old,
            now,
            (name, place, before, after) =>
            {
                switch (name)
                {
                    case "unit":
                        list.Add(place, ChangeEffect.None, before, after, "for people; check that the limit still means what it did");
                        return true;
                    case "limit" when old.Find("decimals") is null && now.Find("decimals") is null:
                        return list.Cap(place, before, after);
                    case "limit" when old.Find("decimals") == now.Find("decimals") && Tokens(old) is { } most && Tokens(now) is { } mostNow:
                        list.Add(place, mostNow > most ? ChangeEffect.Widens : ChangeEffect.Narrows, before, after);
                        return true;
                    case "per":
                        list.Add(
                            place,
                            PerEffect(Word(before), Word(after)),
                            before,
                            after,
                            "what was counted for the others is left behind"
                        );
                        return true;
                    case "window":
                        list.Add(place, WindowEffect(Word(before), Word(after)), before, after);
                        return true;
                    // What only one of two kinds of windows has is part of the change from one to the other.
                    case "window_seconds" or "granularity_seconds" when before is null || after is null:
                        return true;
                    // Of two rolling windows the longer one allows less.
                    case "window_seconds":
                        return list.Floor(place, before, after);
                    default:
                        return false;
                }
            }
        );
    }

    private static UInt256? Tokens(JsonItem.Object budget) =>
        budget.Find("decimals") is JsonItem.Integer { Value: > 0 and <= TokenAmount.DecimalsMax and var decimals }
        && TokenAmount.TryParse(Word(budget.Find("limit")), (int)decimals, out var limit)
            ? limit
            : null;

    // A budget of each session begins with nothing taken; a shared one that is shared otherwise forgets what was taken.
    private static ChangeEffect PerEffect(string old, string now) =>
        old == "session" ? ChangeEffect.Narrows
        : now == "session" ? ChangeEffect.Widens
        : ChangeEffect.Unclear;

    private static ChangeEffect WindowEffect(string old, string now) =>
        old == "lifetime" ? ChangeEffect.Widens
        : now == "lifetime" ? ChangeEffect.Narrows
        : ChangeEffect.Unclear;

    private static string Word(JsonItem? item) => (item as JsonItem.Text)?.Value ?? "";
}
