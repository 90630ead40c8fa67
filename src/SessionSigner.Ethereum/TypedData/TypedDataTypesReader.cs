using System.Text.Json;

namespace SessionSigner.Ethereum;

/// <summary>Reads the "types" member: struct names to lists of {"name","type"}.</summary>
internal static class TypedDataTypesReader
{
    private static readonly string[] MemberNames = ["name", "type"];

    public static bool TryRead(ReadOnlySpan<byte> utf8Json, out Dictionary<string, List<TypedDataMember>> declarations, out string fault)
    {
        declarations = new Dictionary<string, List<TypedDataMember>>(StringComparer.Ordinal);
        var json = new Utf8JsonReader(utf8Json, TypedDataReader.JsonOptions);
        json.Read();
        fault = json.TokenType == JsonTokenType.StartObject ? "" : "types: not an object";
        while (fault.Length == 0 && json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            var members = new List<TypedDataMember>();
            fault = TypedDataTypeText.CheckName(name, declarations) ?? ReadMembers(ref json, name, members) ?? "";
            declarations.TryAdd(name, members);
        }
        return fault.Length == 0;
    }

    private static string? ReadMembers(ref Utf8JsonReader json, string structName, List<TypedDataMember> members)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            return $"types.{structName}: not an array";
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (ReadMember(ref json) is not { } member)
            {
                return $"types.{structName}[{members.Count}]: not an object of exactly the strings name and type";
            }
            if (TypedDataTypeText.CheckMember(member.Name, members) is { } fault)
            {
                return $"types.{structName}: {fault}";
            }
            members.Add(member);
        }
        return null;
    }

    private static TypedDataMember? ReadMember(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }
        string?[] texts = [null, null];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var index = Array.IndexOf(MemberNames, json.GetString());
            json.Read();
            if (index < 0 || texts[index] is not null || json.TokenType != JsonTokenType.String)
            {
                return null;
            }
            texts[index] = json.GetString();
        }
        return texts is [{ } name, { } type] ? new TypedDataMember(name, type) : null;
    }
}
