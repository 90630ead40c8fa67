using System.Text.Json;

namespace SessionSigner.Ethereum;

/// <summary>Reads the domain. Its type is what the domain's members say; if EIP712Domain is declared as well, it must say exactly the same.</summary>
internal static class TypedDataDomainReader
{
    // SPEC: EIP-712 "EIP712Domain with one or more of the below fields … Unused fields are left out", in this order.
    private static readonly TypedDataMember[] Known =
    [
        new("name", "string"),
        new("version", "string"),
        new("chainId", "uint256"),
        new("verifyingContract", "address"),
        new("salt", "bytes32"),
    ];

    // One type for each of the sets of members, made when it is first met.
    private static readonly TypedDataStruct?[] Types = new TypedDataStruct?[1 << Known.Length];

    public static TypedDataDomain? Read(
        ReadOnlySpan<byte> utf8Json,
        List<TypedDataMember>? declared,
        out Hash32 separator,
        out string fault
    )
    {
        separator = default;
        if (!TryFindMembers(utf8Json, out var members, out fault))
        {
            return null;
        }
        if (declared is not null && !declared.SequenceEqual(Select(members)))
        {
            fault = "types.EIP712Domain: not the members of the domain with their standard types, in the standard order";
            return null;
        }
        var type = Types[members] ??= TypedDataSchema.Resolve(
            new Dictionary<string, List<TypedDataMember>>(StringComparer.Ordinal) { [TypedDataSchema.DomainName] = [.. Select(members)] },
            TypedDataSchema.DomainName,
            out _
        )!;
        var reader = new TypedDataValueReader(utf8Json);
        if (reader.ReadRoot(type.Type) is not AbiValue.Tuple value)
        {
            fault = reader.Fault("domain");
            return null;
        }
        separator = TypedDataHasher.HashStruct(type, value);
        return ToDomain(value);
    }

    private static IEnumerable<TypedDataMember> Select(int members) => Known.Where((_, index) => (members & (1 << index)) != 0);

    private static bool TryFindMembers(ReadOnlySpan<byte> utf8Json, out int members, out string fault)
    {
        members = 0;
        var json = new Utf8JsonReader(utf8Json, TypedDataReader.JsonOptions);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            fault = "domain: not an object";
            return false;
        }
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            var index = Array.FindIndex(Known, member => member.Name == name);
            if (index < 0)
            {
                fault = "domain: a member other than name, version, chainId, verifyingContract and salt";
                return false;
            }
            members |= 1 << index;
            json.Read();
            json.Skip();
        }
        fault = members == 0 ? "domain: without members it names no domain" : "";
        return members != 0;
    }

    private static TypedDataDomain ToDomain(AbiValue.Tuple value)
    {
        var domain = new TypedDataDomain(null, null, null, null, null);
        for (var i = 0; i < value.Items.Count; i++)
        {
            domain = (value.Members[i].Name, value.Items[i]) switch
            {
                ("name", AbiValue.Text text) => domain with { Name = text.Value },
                ("version", AbiValue.Text text) => domain with { Version = text.Value },
                ("chainId", AbiValue.Uint number) => domain with { ChainId = number.Value },
                ("verifyingContract", AbiValue.AddressValue address) => domain with { VerifyingContract = address.Value },
                ("salt", AbiValue.Bytes bytes) => domain with { Salt = new Hash32(bytes.Value.Span) },
                _ => throw new InvalidOperationException("The domain's type has a member this does not know."),
            };
        }
        return domain;
    }
}
