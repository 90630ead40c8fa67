namespace SessionSigner.Ethereum;

/// <summary>
/// Resolves named struct declarations into types: every name known, no cycle, and no declaration that the primary type does not reach, so that the
/// declarations and the encoded type say the same.
/// </summary>
internal sealed class TypedDataSchema
{
    public const string DomainName = "EIP712Domain";
    public const int StructsMax = 64;
    public const int MembersMax = 128;

    private const int DepthMax = 16;

    private readonly Dictionary<string, List<TypedDataMember>> _declarations;
    private readonly Dictionary<string, TypedDataStruct> _resolved = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private string _fault = "";

    private TypedDataSchema(Dictionary<string, List<TypedDataMember>> declarations) => _declarations = declarations;

    /// <summary>Resolves <paramref name="primary"/>; every declaration must be reached from it.</summary>
    public static TypedDataStruct? Resolve(Dictionary<string, List<TypedDataMember>> declarations, string primary, out string fault)
    {
        var schema = new TypedDataSchema(declarations);
        var resolved = schema.Struct(primary, depth: 0);
        if (resolved is not null && declarations.Keys.FirstOrDefault(name => !schema._resolved.ContainsKey(name)) is { } unused)
        {
            schema.Fail($"types.{unused}: the primary type does not refer to it");
        }
        fault = schema._fault;
        return fault.Length == 0 ? resolved : null;
    }

    private TypedDataStruct? Struct(string name, int depth)
    {
        if (_resolved.TryGetValue(name, out var known))
        {
            return known;
        }
        if (!_declarations.TryGetValue(name, out var members))
        {
            return Fail($"types: \"{name}\" is not declared");
        }
        if (!_open.Add(name))
        {
            return Fail($"types.{name}: contains itself");
        }
        if (depth > DepthMax)
        {
            return Fail($"types.{name}: nested deeper than {DepthMax} structs");
        }
        var parameters = new List<AbiParameter>(members.Count);
        foreach (var member in members)
        {
            if (MemberType(member.Type, depth) is not { } type)
            {
                Fail($"types.{name}.{member.Name}: \"{member.Type}\" is no type");
                return null;
            }
            parameters.Add(new AbiParameter(member.Name, type));
        }
        _open.Remove(name);
        var definition = Define(name, parameters);
        if (AbiTypeParser.TupleOf(parameters.AsReadOnly(), definition) is not { } tuple)
        {
            return Fail($"types.{name}: larger than a payload may be");
        }
        definition.Type = tuple;
        _resolved.Add(name, definition);
        return definition;
    }

    private AbiType? MemberType(string text, int depth)
    {
        var bracket = text.IndexOf('[', StringComparison.Ordinal);
        var baseName = bracket < 0 ? text : text[..bracket];
        var type = AbiTypeParser.Elementary(baseName, allowAliases: false);
        if (type is null)
        {
            if (!AbiTypeParser.IsIdentifier(baseName))
            {
                return null;
            }
            type = Struct(baseName, depth + 1)?.Type;
        }
        var suffix = bracket < 0 ? default : text.AsSpan(bracket);
        for (var levels = 0; type is not null && !suffix.IsEmpty; levels++)
        {
            var close = suffix.IndexOf(']');
            if (suffix[0] != '[' || close < 0 || levels == DepthMax)
            {
                return null;
            }
            var digits = suffix[1..close];
            var length = 0;
            if (!digits.IsEmpty && !AbiTypeParser.TrySize(digits, int.MaxValue, out length))
            {
                return null;
            }
            type = AbiTypeParser.ArrayOf(type, digits.IsEmpty ? null : length);
            suffix = suffix[(close + 1)..];
        }
        return type;
    }

    // SPEC: EIP-712 "the set of referenced struct types is collected, sorted by name and appended to the encoding".
    private static TypedDataStruct Define(string name, List<AbiParameter> members)
    {
        var referenced = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            Collect(member.Type, referenced);
        }
        var declaration = $"{name}({string.Join(',', members.Select(member => $"{member.Type.Name} {member.Name}"))})";
        return new TypedDataStruct(name, declaration, declaration + string.Concat(referenced.Values));
    }

    private static void Collect(AbiType type, SortedDictionary<string, string> referenced)
    {
        while (type is AbiType.Array array)
        {
            type = array.Element;
        }
        if (type is AbiType.Tuple { Struct: { } definition } tuple && referenced.TryAdd(definition.Name, definition.Declaration))
        {
            foreach (var member in tuple.Members)
            {
                Collect(member.Type, referenced);
            }
        }
    }

    private TypedDataStruct? Fail(string fault)
    {
        _fault = _fault.Length == 0 ? fault : _fault;
        return null;
    }
}

/// <summary>A member as declared.</summary>
internal readonly record struct TypedDataMember(string Name, string Type);
