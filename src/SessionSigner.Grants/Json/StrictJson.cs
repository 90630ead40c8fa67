using System.Globalization;
using System.Text.Json;

namespace SessionSigner.Grants;

/// <summary>
/// Reads JSON without leniency: UTF-8 only, no comments, no trailing commas, no duplicate members, no floats or exponents,
/// no lone surrogates, bounded size and depth. Two readers of an accepted document see the same values.
/// </summary>
public static class StrictJson
{
    /// <summary>Largest document, in bytes.</summary>
    public const int SizeMax = 131_072;

    /// <summary>Deepest nesting of objects and arrays.</summary>
    public const int DepthMax = 32;

    /// <summary>Reads a document.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="faults">Receives what is wrong.</param>
    /// <returns>Null if the document is not JSON at all, too large or too deep, or breaks any of the rules.</returns>
    public static JsonItem? Read(ReadOnlySpan<byte> utf8, FaultList faults)
    {
        if (utf8.Length > SizeMax)
        {
            faults.Add("", "The document must be at most 131072 bytes.");
            return null;
        }
        var before = faults.Count;
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DepthMax });
        try
        {
            reader.Read();
            var root = ReadValue(ref reader, new JsonPosition(), faults);
            // A second read at the end fails on anything but white space.
            return !reader.Read() && faults.Count == before ? root : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // JsonException: not JSON, or too deep. InvalidOperationException: invalid UTF-8 or a lone surrogate.
            var position = reader.BytesConsumed.ToString(CultureInfo.InvariantCulture);
            faults.Add("", $"The document must be JSON in UTF-8 with at most 32 levels; it is not at or after byte {position}.");
            return null;
        }
    }

    /// <summary>Path of a member.</summary>
    public static string Member(string path, string name)
    {
        var shown = IsPlain(name) ? name : FaultList.Quote(name);
        return path.Length == 0 ? shown : path + "." + shown;
    }

    /// <summary>Path of an element.</summary>
    public static string Element(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    // Recursion is bounded by DepthMax.
    private static JsonItem ReadValue(ref Utf8JsonReader reader, JsonPosition position, FaultList faults)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, position, faults);
            case JsonTokenType.StartArray:
                var items = new List<JsonItem>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    position.EnterElement(items.Count);
                    items.Add(ReadValue(ref reader, position, faults));
                    position.Leave();
                }
                return new JsonItem.Array(items);
            case JsonTokenType.String:
                return new JsonItem.Text(reader.GetString()!);
            case JsonTokenType.Number:
                return ReadNumber(ref reader, position, faults);
            case JsonTokenType.True:
                return new JsonItem.Boolean(true);
            case JsonTokenType.False:
                return new JsonItem.Boolean(false);
            default:
                return JsonItem.Null.Value;
        }
    }

    private static JsonItem.Object ReadObject(ref Utf8JsonReader reader, JsonPosition position, FaultList faults)
    {
        var members = new List<KeyValuePair<string, JsonItem>>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            position.EnterMember(name);
            reader.Read();
            var value = ReadValue(ref reader, position, faults);
            if (names.Add(name))
            {
                members.Add(KeyValuePair.Create(name, value));
            }
            else
            {
                Add(faults, position, "The member is given twice.");
            }
            position.Leave();
        }
        return new JsonItem.Object(members);
    }

    private static JsonItem.Integer ReadNumber(ref Utf8JsonReader reader, JsonPosition position, FaultList faults)
    {
        // The JSON grammar already refuses leading zeros and a plus sign; "-0", fractions and exponents are refused here.
        var text = reader.ValueSpan;
        var isWhole = !text.ContainsAnyExceptInRange((byte)'-', (byte)'9') && !text.ContainsAny((byte)'.', (byte)'/');
        if (
            !isWhole
            || text.SequenceEqual("-0"u8)
            || !reader.TryGetInt64(out var value)
            || value is > JsonItem.Integer.Max or < -JsonItem.Integer.Max
        )
        {
            Add(faults, position, "A number must be whole and at most 2^53-1; larger ones are written as decimal strings.");
            return new JsonItem.Integer(0);
        }
        return new JsonItem.Integer(value);
    }

    private static void Add(FaultList faults, JsonPosition position, string rule) =>
        faults.Add(faults.Count < FaultList.CountMax ? position.ToString() : "", rule);

    private static bool IsPlain(string name)
    {
        if (name.Length is 0 or > 64)
        {
            return false;
        }
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }
        return true;
    }
}
