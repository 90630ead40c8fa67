using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// What changes in the holes of a template. A text follows a template in one way only, and where a hole ends does not depend on how much it may hold, so a hole that
/// takes less lets less through.
/// </summary>
internal static class HoleDiff
{
    // Each has all characters of those before it.
    private static readonly string[] s_alphabets = ["digits", "lower_hex", "alphanumeric", "name", "printable"];
    private static readonly JsonItem.Text s_zero = new("0");
    private static readonly JsonItem.Integer s_one = new(1);

    /// <summary>Compares holes that differ; false unless they are the same ones in the same order.</summary>
    public static bool Compare(ChangeList list, string path, JsonItem? old, JsonItem? now)
    {
        var (before, after) = (Objects(old), Objects(now));
        if (!before.Select(Name).SequenceEqual(after.Select(Name), StringComparer.Ordinal))
        {
            return false;
        }
        foreach (var (one, other) in before.Zip(after).Where(pair => ChangeList.Text(pair.First) != ChangeList.Text(pair.Second)))
        {
            var place = $"{path}[{Name(one)}]";
            if (Word(one, "type") != Word(other, "type"))
            {
                list.Add(place, ChangeEffect.Unclear, one, other);
                continue;
            }
            list.Members(place, one, other, (name, member, was, becomes) => CompareMember(list, name, member, was, becomes));
        }
        return true;
    }

    private static bool CompareMember(ChangeList list, string name, string path, JsonItem? old, JsonItem? now) =>
        name switch
        {
            "min" => list.Floor(path, old ?? s_zero, now ?? s_zero),
            "max" or "past_seconds" or "future_seconds" or "max_length" => list.Cap(path, old, now),
            "min_length" => list.Floor(path, old ?? s_one, now ?? s_one),
            "values" => list.Elements(path, old, now),
            "length" => list.Exact(path, old, now),
            "alphabet" => CompareAlphabets(list, path, old, now),
            _ => false,
        };

    private static bool CompareAlphabets(ChangeList list, string path, JsonItem? old, JsonItem? now)
    {
        var (before, after) = (Place(old), Place(now));
        var effect =
            before < 0 || after < 0 ? ChangeEffect.Unclear
            : after > before ? ChangeEffect.Widens
            : ChangeEffect.Narrows;
        list.Add(path, effect, old, now);
        return true;
    }

    private static int Place(JsonItem? alphabet) => Array.IndexOf(s_alphabets, (alphabet as JsonItem.Text)?.Value);

    private static List<JsonItem.Object> Objects(JsonItem? holes) => [.. ChangeList.Items(holes).OfType<JsonItem.Object>()];

    private static string Name(JsonItem.Object hole) => Word(hole, "name");

    private static string Word(JsonItem.Object hole, string member) => (hole.Find(member) as JsonItem.Text)?.Value ?? "";
}
