namespace SessionSigner.Ethereum;

/// <summary>Splits the text of an encodeType into declarations. Only their form is checked here.</summary>
internal static class TypedDataTypeText
{
    private const int TextLengthMax = 65_536;

    public static bool TryReadDeclarations(
        string text,
        out Dictionary<string, List<TypedDataMember>> declarations,
        out string primary,
        out string fault
    )
    {
        declarations = new Dictionary<string, List<TypedDataMember>>(StringComparer.Ordinal);
        primary = "";
        fault = text.Length > TextLengthMax ? $"longer than {TextLengthMax} characters" : "";
        var rest = text.AsSpan();
        while (fault.Length == 0 && (!rest.IsEmpty || declarations.Count == 0))
        {
            var open = rest.IndexOf('(');
            var close = rest.IndexOf(')');
            if (open <= 0 || close < open)
            {
                fault = "expected Name(type name,…)";
                break;
            }
            var name = rest[..open].ToString();
            var members = new List<TypedDataMember>();
            fault = CheckName(name, declarations) ?? ReadMembers(rest[(open + 1)..close], members) ?? "";
            primary = declarations.Count == 0 ? name : primary;
            declarations.TryAdd(name, members);
            rest = rest[(close + 1)..];
        }
        return fault.Length == 0;
    }

    /// <summary>Why a struct may not be declared with this name; null if it may.</summary>
    public static string? CheckName(string name, Dictionary<string, List<TypedDataMember>> declared) =>
        !AbiTypeParser.IsIdentifier(name) ? "a type's name is no identifier"
        : AbiTypeParser.Elementary(name, allowAliases: true) is not null ? $"types.{name}: is an elementary type"
        : declared.ContainsKey(name) ? $"types.{name}: declared twice"
        : declared.Count == TypedDataSchema.StructsMax ? $"types: more than {TypedDataSchema.StructsMax} structs"
        : null;

    /// <summary>Why a struct may not have this as its next member; null if it may.</summary>
    public static string? CheckMember(string name, List<TypedDataMember> members) =>
        !AbiTypeParser.IsIdentifier(name) ? "a member's name is no identifier"
        : members.Exists(member => member.Name == name) ? $"two members are named \"{name}\""
        : members.Count == TypedDataSchema.MembersMax ? $"more than {TypedDataSchema.MembersMax} members"
        : null;

    private static string? ReadMembers(ReadOnlySpan<char> text, List<TypedDataMember> members)
    {
        while (!text.IsEmpty)
        {
            var comma = text.IndexOf(',');
            var member = comma < 0 ? text : text[..comma];
            var space = member.IndexOf(' ');
            if (space <= 0 || comma == text.Length - 1)
            {
                return "expected type name";
            }
            var name = member[(space + 1)..].ToString();
            if (CheckMember(name, members) is { } fault)
            {
                return fault;
            }
            members.Add(new TypedDataMember(name, member[..space].ToString()));
            text = comma < 0 ? default : text[(comma + 1)..];
        }
        return null;
    }
}
