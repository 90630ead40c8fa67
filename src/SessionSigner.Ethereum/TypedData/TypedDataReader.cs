using System.Text.Json;
using System.Text.Unicode;

namespace SessionSigner.Ethereum;

/// <summary>Parses the JSON of a typed-data payload: splits its four members, resolves the types, then reads domain and message by them.</summary>
internal static class TypedDataReader
{
    // Deeper than any value the types can describe after their own limits.
    internal static readonly JsonReaderOptions JsonOptions = new() { MaxDepth = 64 };

    private static readonly string[] MemberNames = ["types", "primaryType", "domain", "message"];

    public static TypedData? Read(ReadOnlySpan<byte> utf8Json, out string fault)
    {
        if (utf8Json.Length > TypedData.SizeMax)
        {
            fault = $"typed data: longer than {TypedData.SizeMax} bytes";
            return null;
        }
        if (!Utf8.IsValid(utf8Json))
        {
            fault = "typed data: not UTF-8";
            return null;
        }
        try
        {
            return ReadMembers(utf8Json, out fault);
        }
        // Malformed JSON, nesting beyond the limit, and escapes that are no Unicode text.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            fault = "typed data: not valid JSON";
            return null;
        }
    }

    private static TypedData? ReadMembers(ReadOnlySpan<byte> utf8Json, out string fault)
    {
        if (!TrySplit(utf8Json, out var parts, out fault))
        {
            return null;
        }
        // 1. Types.
        if (!TypedDataTypesReader.TryRead(utf8Json[parts.Types], out var declarations, out fault))
        {
            return null;
        }
        declarations.Remove(TypedDataSchema.DomainName, out var declaredDomain);
        var primaryType = new Utf8JsonReader(utf8Json[parts.PrimaryType], JsonOptions);
        if (!primaryType.Read() || primaryType.TokenType != JsonTokenType.String)
        {
            fault = "primaryType: not a string";
            return null;
        }
        if (TypedDataSchema.Resolve(declarations, primaryType.GetString()!, out fault) is not { } type)
        {
            return null;
        }
        // 2. Domain.
        if (TypedDataDomainReader.Read(utf8Json[parts.Domain], declaredDomain, out var domainSeparator, out fault) is not { } domain)
        {
            return null;
        }
        // 3. Message.
        var values = new TypedDataValueReader(utf8Json[parts.Message]);
        if (values.ReadRoot(type.Type) is not AbiValue.Tuple message)
        {
            fault = values.Fault("message");
            return null;
        }
        // 4. Digest.
        var digest = TypedDataHasher.Digest(domainSeparator, TypedDataHasher.HashStruct(type, message));
        return new TypedData(type, domain, domainSeparator, message, digest);
    }

    private static bool TrySplit(ReadOnlySpan<byte> utf8Json, out Parts parts, out string fault)
    {
        parts = default;
        var json = new Utf8JsonReader(utf8Json, JsonOptions);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            fault = "typed data: not an object";
            return false;
        }
        Span<Range> ranges = stackalloc Range[MemberNames.Length];
        var found = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var index = Array.IndexOf(MemberNames, json.GetString());
            if (index < 0 || (found & (1 << index)) != 0)
            {
                fault =
                    index < 0
                        ? "typed data: a member other than types, primaryType, domain and message"
                        : $"typed data: \"{MemberNames[index]}\" is there twice";
                return false;
            }
            found |= 1 << index;
            json.Read();
            var start = (int)json.TokenStartIndex;
            json.Skip();
            ranges[index] = start..(int)json.BytesConsumed;
        }
        // The end of the data: anything after the object throws here.
        json.Read();
        if (found != (1 << MemberNames.Length) - 1)
        {
            fault = "typed data: types, primaryType, domain and message must all be there";
            return false;
        }
        parts = new Parts(ranges[0], ranges[1], ranges[2], ranges[3]);
        fault = "";
        return true;
    }

    private readonly record struct Parts(Range Types, Range PrimaryType, Range Domain, Range Message);
}
