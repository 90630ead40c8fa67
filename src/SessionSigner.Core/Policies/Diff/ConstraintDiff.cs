using System.Numerics;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What changes in a list of constraints, all of which must hold: one more narrows, one less widens, one that is changed is compared by the values it lets pass.</summary>
internal static class ConstraintDiff
{
    private static readonly string[] s_subject = ["path", "quantifier", "length"];

    public static bool Compare(ChangeList list, string path, JsonItem? old, JsonItem? now)
    {
        var (before, after) = (Group(ChangeList.Missing(old, now)), Group(ChangeList.Missing(now, old)));
        foreach (var key in before.Keys.Union(after.Keys, StringComparer.Ordinal))
        {
            var (gone, added) = (before.GetValueOrDefault(key, []), after.GetValueOrDefault(key, []));
            if (gone.Count == 1 && added.Count == 1)
            {
                list.Add(path, CompareOne(gone[0], added[0]), gone[0], added[0]);
                continue;
            }
            // Several for one value: together they may say more or less than before.
            var unclear = gone.Count > 0 && added.Count > 0;
            foreach (var constraint in gone)
            {
                list.Add(path, unclear ? ChangeEffect.Unclear : ChangeEffect.Widens, constraint, null);
            }
            foreach (var constraint in added)
            {
                list.Add(path, unclear ? ChangeEffect.Unclear : ChangeEffect.Narrows, null, constraint);
            }
        }
        if (before.Count == 0 && after.Count == 0)
        {
            list.Add(path, ChangeEffect.None, old, now, "another order");
        }
        return true;
    }

    // By the value they are about; choices are all about one unknown.
    private static Dictionary<string, List<JsonItem.Object>> Group(IEnumerable<JsonItem> constraints) =>
        constraints
            .OfType<JsonItem.Object>()
            .GroupBy(
                constraint => string.Join('|', s_subject.Select(name => ChangeList.Text(constraint.Find(name)))),
                StringComparer.Ordinal
            )
            .ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);

    private static ChangeEffect CompareOne(JsonItem.Object old, JsonItem.Object now)
    {
        var (before, after) = (Passing.Of(old), Passing.Of(now));
        if (before is null || after is null)
        {
            return ChangeEffect.Unclear;
        }
        var (keeps, adds) = (before.IsWithin(after), after.IsWithin(before));
        return (keeps, adds) switch
        {
            (true, true) => ChangeEffect.None,
            (true, false) => ChangeEffect.Widens,
            (false, true) => ChangeEffect.Narrows,
            _ => ChangeEffect.Unclear,
        };
    }

    /// <summary>The values that a comparison lets pass: a list, all but a list, or a range of numbers.</summary>
    private sealed record Passing(HashSet<string>? Only, HashSet<string>? AllBut, BigInteger? Min, BigInteger? Max)
    {
        public static Passing? Of(JsonItem.Object constraint)
        {
            var value = constraint.Find("value");
            var values = ChangeList.Items(constraint.Find("values"));
            return (constraint.Find("op") as JsonItem.Text)?.Value switch
            {
                "eq" => new Passing(Set([value!]), null, null, null),
                "in" => new Passing(Set(values), null, null, null),
                "ne" => new Passing(null, Set([value!]), null, null),
                "not_in" => new Passing(null, Set(values), null, null),
                "lt" => Range(null, ChangeList.Number(value) - 1),
                "lte" => Range(null, ChangeList.Number(value)),
                "gt" => Range(ChangeList.Number(value) + 1, null),
                "gte" => Range(ChangeList.Number(value), null),
                "between"
                    when ChangeList.Number(constraint.Find("min")) is { } min && ChangeList.Number(constraint.Find("max")) is { } max =>
                    new Passing(null, null, min, max),
                _ => null,
            };
        }

        /// <summary>Whether it is certain that all its values pass the other.</summary>
        public bool IsWithin(Passing other) =>
            (Only, AllBut, other) switch
            {
                ({ } only, _, { Only: { } others }) => only.IsSubsetOf(others),
                ({ } only, _, { AllBut: { } others }) => !only.Overlaps(others),
                ({ } only, _, _) => only.All(text => other.HasNumber(text)),
                (_, { } not, { AllBut: { } others }) => others.IsSubsetOf(not),
                (_, { }, _) => false,
                (_, _, { Only: null, AllBut: null }) => (other.Min is null || Min >= other.Min) && (other.Max is null || Max <= other.Max),
                (_, _, { AllBut: { } others }) => !others.Any(HasNumber),
                _ => false,
            };

        private static Passing? Range(BigInteger? min, BigInteger? max) =>
            min is null && max is null ? null : new Passing(null, null, min, max);

        private static HashSet<string> Set(IEnumerable<JsonItem> items) => new(items.Select(ChangeList.Text), StringComparer.Ordinal);

        private bool HasNumber(string json) =>
            ChangeList.Number(json.Length > 2 && json[0] == '"' ? new JsonItem.Text(json[1..^1]) : null) is { } number
            && !(number < Min)
            && !(number > Max);
    }
}
