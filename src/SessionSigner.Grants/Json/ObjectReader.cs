using System.Globalization;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>
/// Reads the members of one JSON object, each by its type, and reports every fault with its path. A member of the wrong form reads as the
/// zero of its type, so that reading goes on and all faults are found; whoever reads must look at the fault list before using anything.
/// </summary>
public sealed class ObjectReader
{
    private readonly JsonItem.Object _item;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private ObjectReader(JsonItem.Object item, string path, FaultList faults)
    {
        _item = item;
        Path = path;
        Faults = faults;
    }

    /// <summary>Path of the object.</summary>
    public string Path { get; }

    /// <summary>Where faults go.</summary>
    public FaultList Faults { get; }

    /// <summary>Opens an object; anything else is a fault and reads as an empty object.</summary>
    public static ObjectReader Open(JsonItem? item, string path, FaultList faults)
    {
        if (item is JsonItem.Object value)
        {
            return new ObjectReader(value, path, faults);
        }
        faults.Add(path, "Must be an object.");
        return new ObjectReader(new JsonItem.Object([]), path, faults) { IsBroken = true };
    }

    /// <summary>True if there was no object; its members are then not missed one by one.</summary>
    private bool IsBroken { get; init; }

    /// <summary>Path of a member.</summary>
    public string PathOf(string name) => StrictJson.Member(Path, name);

    /// <summary>Whether the object has the member.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>Reports every member that was not asked for. Call last.</summary>
    public void RefuseUnknown()
    {
        foreach (var member in _item.Members)
        {
            if (!_known.Contains(member.Key))
            {
                Faults.Add(PathOf(member.Key), "Unknown member.");
            }
        }
    }

    /// <summary>A member of any type; a fault if missing.</summary>
    public JsonItem? Required(string name)
    {
        var item = Find(name);
        if (item is null && !IsBroken)
        {
            Faults.Add(PathOf(name), "Missing.");
        }
        return item;
    }

    /// <summary>A member of any type, or null.</summary>
    public JsonItem? Find(string name)
    {
        _known.Add(name);
        return _item.Find(name);
    }

    /// <summary>A required string that the rule accepts.</summary>
    public string Text(string name, Func<string, bool> isValid, string rule) => TextOrNull(name, Required(name), isValid, rule) ?? "";

    /// <summary>An optional string that the rule accepts.</summary>
    public string? OptionalText(string name, Func<string, bool> isValid, string rule) => TextOrNull(name, Find(name), isValid, rule);

    /// <summary>A required whole number in the range.</summary>
    public long Integer(string name, long min, long max) => IntegerOrNull(name, Required(name), min, max) ?? min;

    /// <summary>An optional whole number in the range.</summary>
    public long? OptionalInteger(string name, long min, long max) => IntegerOrNull(name, Find(name), min, max);

    /// <summary>An optional boolean; false if missing.</summary>
    public bool Flag(string name)
    {
        switch (Find(name))
        {
            case null:
                return false;
            case JsonItem.Boolean value:
                return value.Value;
            default:
                Faults.Add(PathOf(name), "Must be true or false.");
                return false;
        }
    }

    /// <summary>A required amount as a decimal string.</summary>
    public UInt256 Amount(string name) => Parsing.Amount(Required(name), PathOf(name), Faults) ?? UInt256.Zero;

    /// <summary>An optional amount as a decimal string.</summary>
    public UInt256? OptionalAmount(string name) => Find(name) is { } item ? Parsing.Amount(item, PathOf(name), Faults) : null;

    /// <summary>A required checksummed address.</summary>
    public Address Address(string name) => Parsing.Address(Required(name), PathOf(name), Faults) ?? default;

    /// <summary>A required 32-byte value: 0x and 64 lower-case hexadecimal digits.</summary>
    public Hash32 Hash(string name) => Parsing.Hash(Required(name), PathOf(name), Faults) ?? default;

    /// <summary>A required list.</summary>
    public IReadOnlyList<T> List<T>(string name, int min, int max, Func<JsonItem, string, FaultList, T?> read)
        where T : class => ListOrNull(name, Required(name), min, max, read) ?? [];

    /// <summary>An optional list.</summary>
    public IReadOnlyList<T>? OptionalList<T>(string name, int min, int max, Func<JsonItem, string, FaultList, T?> read)
        where T : class => ListOrNull(name, Find(name), min, max, read);

    /// <summary>A required list of values, each once.</summary>
    public IReadOnlyList<T> Distinct<T>(string name, int min, int max, Func<JsonItem, string, FaultList, T?> read)
        where T : struct, IEquatable<T> => OptionalDistinct(name, min, max, read, Required(name)) ?? [];

    /// <summary>An optional list of values, each once.</summary>
    public IReadOnlyList<T>? OptionalDistinct<T>(string name, int min, int max, Func<JsonItem, string, FaultList, T?> read)
        where T : struct, IEquatable<T> => OptionalDistinct(name, min, max, read, Find(name));

    /// <summary>A required list of strings, each once, that the rule accepts.</summary>
    public IReadOnlyList<string> DistinctTexts(string name, int min, int max, Func<string, bool> isValid, string rule)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return List(
            name,
            min,
            max,
            (item, path, faults) =>
            {
                if (item is not JsonItem.Text { Value: var text } || !isValid(text))
                {
                    faults.Add(path, rule);
                    return null;
                }
                if (!seen.Add(text))
                {
                    faults.Add(path, "Given twice.");
                }
                return text;
            }
        );
    }

    /// <summary>An optional list of strings, each once, that the rule accepts; empty if it is missing.</summary>
    public IReadOnlyList<string> OptionalDistinctTexts(string name, int min, int max, Func<string, bool> isValid, string rule) =>
        Find(name) is null ? [] : DistinctTexts(name, min, max, isValid, rule);

    private List<T>? OptionalDistinct<T>(string name, int min, int max, Func<JsonItem, string, FaultList, T?> read, JsonItem? item)
        where T : struct, IEquatable<T>
    {
        var seen = new HashSet<T>();
        if (Elements(name, item, min, max) is not { } elements)
        {
            return null;
        }
        for (var i = 0; i < elements.Count; i++)
        {
            var path = StrictJson.Element(PathOf(name), i);
            if (read(elements[i], path, Faults) is { } value && !seen.Add(value))
            {
                Faults.Add(path, "Given twice.");
            }
        }
        return [.. seen];
    }

    private List<T>? ListOrNull<T>(string name, JsonItem? item, int min, int max, Func<JsonItem, string, FaultList, T?> read)
        where T : class
    {
        if (Elements(name, item, min, max) is not { } elements)
        {
            return null;
        }
        var values = new List<T>(elements.Count);
        for (var i = 0; i < elements.Count; i++)
        {
            if (read(elements[i], StrictJson.Element(PathOf(name), i), Faults) is { } value)
            {
                values.Add(value);
            }
        }
        return values;
    }

    private IReadOnlyList<JsonItem>? Elements(string name, JsonItem? item, int min, int max)
    {
        if (item is null)
        {
            return null;
        }
        if (item is not JsonItem.Array { Items: var items } || items.Count < min || items.Count > max)
        {
            Faults.Add(PathOf(name), string.Create(CultureInfo.InvariantCulture, $"Must be a list of {min} to {max} elements."));
            return null;
        }
        return items;
    }

    private string? TextOrNull(string name, JsonItem? item, Func<string, bool> isValid, string rule)
    {
        if (item is null)
        {
            return null;
        }
        if (item is JsonItem.Text { Value: var text } && isValid(text))
        {
            return text;
        }
        Faults.Add(PathOf(name), rule);
        return null;
    }

    private long? IntegerOrNull(string name, JsonItem? item, long min, long max)
    {
        if (item is null)
        {
            return null;
        }
        if (item is JsonItem.Integer { Value: var value } && value >= min && value <= max)
        {
            return value;
        }
        Faults.Add(PathOf(name), string.Create(CultureInfo.InvariantCulture, $"Must be a whole number from {min} to {max}."));
        return null;
    }
}
