using System.Numerics;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Collects the changes between two documents, member by member. A member that no rule knows is unclear if it differs.</summary>
internal sealed class ChangeList
{
    private readonly List<PolicyChange> _changes = [];

    public IReadOnlyList<PolicyChange> Changes => _changes;

    public void Add(string path, ChangeEffect effect, JsonItem? old, JsonItem? now, string note = "") =>
        _changes.Add(new PolicyChange(path, effect, Text(old), Text(now), note));

    public void Add(PolicyChange change) => _changes.Add(change);

    /// <summary>Compares every member that either object has.</summary>
    /// <param name="path">Path of the objects; empty for the document.</param>
    /// <param name="old">The old one.</param>
    /// <param name="now">The new one.</param>
    /// <param name="compare">Compares a member that differs; false if it does not know it.</param>
    public void Members(string path, JsonItem.Object old, JsonItem.Object now, Func<string, string, JsonItem?, JsonItem?, bool> compare)
    {
        foreach (var name in old.Members.Concat(now.Members).Select(member => member.Key).Distinct(StringComparer.Ordinal))
        {
            var (before, after) = (old.Find(name), now.Find(name));
            var place = StrictJson.Member(path, name);
            if (Text(before) != Text(after) && !compare(name, place, before, after))
            {
                Add(place, ChangeEffect.Unclear, before, after);
            }
        }
    }

    /// <summary>A list whose elements each allow something; a list that is not there allows everything if it may be missing.</summary>
    public bool AllowList(string path, JsonItem? old, JsonItem? now)
    {
        if (old is null || now is null)
        {
            Add(path, old is null ? ChangeEffect.Narrows : ChangeEffect.Widens, old, now, "without a list, any");
            return true;
        }
        return Elements(path, old, now);
    }

    /// <summary>A list whose elements each allow something; a list that is not there allows nothing.</summary>
    public bool Elements(string path, JsonItem? old, JsonItem? now)
    {
        var before = _changes.Count;
        foreach (var item in Missing(old, now))
        {
            Add(path, ChangeEffect.Narrows, item, null);
        }
        foreach (var item in Missing(now, old))
        {
            Add(path, ChangeEffect.Widens, null, item);
        }
        if (_changes.Count == before)
        {
            Add(path, ChangeEffect.None, old, now, "the same elements");
        }
        return true;
    }

    /// <summary>Something that a request must have exactly: with another value, it allows what it did not.</summary>
    public bool Exact(string path, JsonItem? old, JsonItem? now)
    {
        Add(path, ChangeEffect.Widens, old, now, "what was allowed is not any more, something else is");
        return true;
    }

    /// <summary>A member that allows something if it is true; false if it is missing.</summary>
    public bool Flag(string path, JsonItem? old, JsonItem? now)
    {
        var (before, after) = (old is JsonItem.Boolean { Value: true }, now is JsonItem.Boolean { Value: true });
        var effect =
            before == after ? ChangeEffect.None
            : after ? ChangeEffect.Widens
            : ChangeEffect.Narrows;
        Add(path, effect, old, now);
        return true;
    }

    /// <summary>A highest value: more of it widens; none at all is without bound.</summary>
    public bool Cap(string path, JsonItem? old, JsonItem? now)
    {
        var effect =
            old is null ? ChangeEffect.Narrows
            : now is null ? ChangeEffect.Widens
            : Compare(old, now);
        Add(path, effect, old, now, old is null || now is null ? "without it, no bound" : "");
        return true;
    }

    /// <summary>A lowest value: more of it narrows; none at all is without bound.</summary>
    public bool Floor(string path, JsonItem? old, JsonItem? now)
    {
        var effect =
            old is null ? ChangeEffect.Narrows
            : now is null ? ChangeEffect.Widens
            : Reverse(Compare(old, now));
        Add(path, effect, old, now, old is null || now is null ? "without it, no bound" : "");
        return true;
    }

    /// <summary>Elements of one list that another lacks.</summary>
    public static IEnumerable<JsonItem> Missing(JsonItem? of, JsonItem? from)
    {
        var there = Items(from).Select(Text).ToHashSet(StringComparer.Ordinal);
        return Items(of).Where(item => !there.Contains(Text(item)));
    }

    public static IReadOnlyList<JsonItem> Items(JsonItem? item) => item is JsonItem.Array { Items: var items } ? items : [];

    public static string Text(JsonItem? item) => item is null ? "" : CanonicalJson.Write(item);

    /// <summary>The number of a decimal string or a whole number, or null.</summary>
    public static BigInteger? Number(JsonItem? item) =>
        item switch
        {
            JsonItem.Integer number => number.Value,
            JsonItem.Text { Value: { Length: > 0 and <= 80 } text }
                when text.AsSpan(text[0] == '-' ? 1 : 0) is { Length: > 0 } digits && !digits.ContainsAnyExceptInRange('0', '9') =>
                BigInteger.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
            _ => null,
        };

    private static ChangeEffect Compare(JsonItem old, JsonItem now) =>
        (Number(old), Number(now)) is ({ } before, { } after)
            ? after.CompareTo(before) switch
            {
                > 0 => ChangeEffect.Widens,
                < 0 => ChangeEffect.Narrows,
                _ => ChangeEffect.None,
            }
            : ChangeEffect.Unclear;

    private static ChangeEffect Reverse(ChangeEffect effect) =>
        effect switch
        {
            ChangeEffect.Widens => ChangeEffect.Narrows,
            ChangeEffect.Narrows => ChangeEffect.Widens,
            _ => effect,
        };
}
