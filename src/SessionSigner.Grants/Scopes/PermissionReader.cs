using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>Reads one permission.</summary>
internal static class PermissionReader
{
    private const int TargetCountMax = 256;
    private const int ConstraintCountMax = 32;
    private const int MeterCountMax = 16;
    private const int SignatureLengthMax = 2_048;
    private const int DomainTextLengthMax = 256;

    private const int AuthorizationCountMax = 16;

    private static readonly string[] s_kinds = ["call", "typed_data", "message", "sign_in", "raw_digest", "user_operation"];

    private static readonly Dictionary<string, CallContainerKind> s_containers = new(StringComparer.Ordinal)
    {
        ["multicall"] = CallContainerKind.Multicall,
        ["erc7579"] = CallContainerKind.Erc7579,
        ["account"] = CallContainerKind.Account,
        ["safe"] = CallContainerKind.Safe,
        ["multisend"] = CallContainerKind.MultiSend,
    };

    public static Permission? Read(JsonItem item, string path, FaultList faults)
    {
        var reader = ObjectReader.Open(item, path, faults);
        var name = reader.Text("name", Parsing.IsName, Parsing.NameRule);
        var kind = reader.Text("kind", s_kinds.Contains, $"Must be one of {string.Join(", ", s_kinds)}.");
        var constraints = reader.OptionalList("constraints", 0, ConstraintCountMax, ConstraintReader.Read) ?? [];
        if (ConstraintReader.Count(constraints) > ConstraintReader.ComparisonCountMax)
        {
            reader.Faults.Add(reader.PathOf("constraints"), "At most 128 constraints, those inside any_of included.");
        }
        var meters = reader.OptionalList("meters", 0, MeterCountMax, ReadMeter) ?? [];
        Permission? permission = kind switch
        {
            "call" => ReadCall(reader, name, constraints, meters),
            "typed_data" => ReadTypedData(reader, name, constraints, meters),
            "message" => MessagePermissionReader.ReadMessage(reader, name, constraints, meters),
            "sign_in" => MessagePermissionReader.ReadSignIn(reader, name),
            "raw_digest" => ReadRawDigest(reader, name),
            "user_operation" => UserOperationPermissionReader.Read(reader, name, meters),
            _ => null,
        };
        if (permission is not null)
        {
            reader.RefuseUnknown();
        }
        return permission;
    }

    private static CallPermission ReadCall(
        ObjectReader reader,
        string name,
        IReadOnlyList<Constraint> constraints,
        IReadOnlyList<Meter> meters
    )
    {
        var authorizations = reader.OptionalList("authorizations", 1, AuthorizationCountMax, ReadAuthorization);
        var maxAuthorizations = reader.OptionalInteger("max_authorizations", 1, AuthorizationCountMax);
        if (maxAuthorizations is not null && authorizations is null)
        {
            reader.Faults.Add(reader.PathOf("max_authorizations"), "Only beside authorizations.");
        }
        var permission = new CallPermission
        {
            Authorizations = authorizations ?? [],
            MaxAuthorizations = (int)(maxAuthorizations ?? 1),
            Name = name,
            Constraints = constraints,
            Meters = meters,
            Chain = reader.Find("chain") is { } chain ? Parsing.ChainId(chain, reader.PathOf("chain"), reader.Faults) : null,
            Targets = reader.Distinct<Address>("targets", 1, TargetCountMax, Parsing.Address),
            Function = reader.Text(
                "function",
                IsSignature,
                "Must be an ABI signature, or empty for a plain transfer; at most 2048 ASCII characters."
            ),
            MaxNativeValue = reader.OptionalAmount("max_native_value") ?? UInt256.Zero,
            MaxGas = reader.OptionalAmount("max_gas"),
            MaxFeePerGas = reader.OptionalAmount("max_fee_per_gas"),
            MaxPriorityFeePerGas = reader.OptionalAmount("max_priority_fee_per_gas"),
            AllowAccessList = reader.Flag("allow_access_list"),
            Unwrap = s_containers.GetValueOrDefault(
                reader.OptionalText("unwrap", s_containers.ContainsKey, "Must be one of multicall, erc7579, account, safe, multisend.")
                    ?? ""
            ),
        };
        return permission;
    }

    private static TypedDataPermission ReadTypedData(
        ObjectReader reader,
        string name,
        IReadOnlyList<Constraint> constraints,
        IReadOnlyList<Meter> meters
    )
    {
        RefuseNativeValue(reader, meters);
        return new TypedDataPermission
        {
            Name = name,
            Constraints = constraints,
            Meters = meters,
            Domain = ReadDomain(reader.Required("domain"), reader.PathOf("domain"), reader.Faults),
            PrimaryType = reader.Text("primary_type", text => Parsing.IsPrintable(text, 1, 128), "Must be the name of the primary type."),
            Type = reader.Text(
                "type",
                text => Parsing.IsPrintable(text, 1, SignatureLengthMax),
                "Must be the primary type's EIP-712 encodeType; at most 2048 ASCII characters."
            ),
        };
    }

    /// <summary>Reports meters that count what a message does not carry.</summary>
    public static void RefuseNativeValue(ObjectReader reader, IReadOnlyList<Meter> meters)
    {
        foreach (var meter in meters.Where(meter => meter.Path is null))
        {
            reader.Faults.Add(reader.PathOf("meters"), $"A message carries no native value and no gas to count into \"{meter.Budget}\".");
        }
    }

    /// <summary>Reports constraints and meters where there is nothing that they could name.</summary>
    public static void RefuseConditions(ObjectReader reader)
    {
        RefuseMember(reader, "constraints");
        RefuseMember(reader, "meters");
    }

    private static void RefuseMember(ObjectReader reader, string name)
    {
        if (reader.Has(name))
        {
            reader.Faults.Add(reader.PathOf(name), "There is nothing here that it could name.");
        }
    }

    private static RawDigestPermission ReadRawDigest(ObjectReader reader, string name)
    {
        RefuseConditions(reader);
        return new RawDigestPermission
        {
            Name = name,
            Constraints = [],
            Meters = [],
        };
    }

    private static AuthorizationRule ReadAuthorization(JsonItem item, string path, FaultList faults)
    {
        var reader = ObjectReader.Open(item, path, faults);
        var rule = new AuthorizationRule(reader.Address("address"), reader.OptionalAmount("chain"));
        reader.RefuseUnknown();
        return rule;
    }

    private static TypedDataDomainRule ReadDomain(JsonItem? item, string path, FaultList faults)
    {
        if (item is null)
        {
            return new TypedDataDomainRule();
        }
        var before = faults.Count;
        var reader = ObjectReader.Open(item, path, faults);
        const string textRule = "Must be a string of at most 256 characters.";
        var domain = new TypedDataDomainRule
        {
            Name = reader.OptionalText("name", text => text.Length <= DomainTextLengthMax, textRule),
            Version = reader.OptionalText("version", text => text.Length <= DomainTextLengthMax, textRule),
            ChainId = reader.Find("chain_id") is { } chain ? Parsing.ChainId(chain, reader.PathOf("chain_id"), faults) : null,
            VerifyingContract = reader.Has("verifying_contract") ? reader.Address("verifying_contract") : null,
            Salt = reader.Has("salt") ? reader.Hash("salt") : null,
        };
        reader.RefuseUnknown();
        if (domain == new TypedDataDomainRule() && faults.Count == before)
        {
            faults.Add(path, "Must have at least one member.");
        }
        return domain;
    }

    private static Meter ReadMeter(JsonItem item, string path, FaultList faults)
    {
        var reader = ObjectReader.Open(item, path, faults);
        var budget = reader.Text("budget", Parsing.IsName, Parsing.NameRule);
        var argument = reader.OptionalText("path", ConstraintReader.IsPath, ConstraintReader.PathRule);
        var native = reader.Flag("native_value");
        var gasCost = reader.Flag("gas_cost");
        reader.RefuseUnknown();
        bool[] sources = [reader.Has("path"), native, gasCost];
        if (sources.Count(source => source) != 1)
        {
            faults.Add(path, "Must have either a path, native_value true or gas_cost true.");
        }
        return new Meter(budget, native || gasCost ? null : argument ?? "") { OfGasCost = gasCost };
    }

    private static bool IsSignature(string text) => Parsing.IsPrintable(text, 0, SignatureLengthMax);
}
