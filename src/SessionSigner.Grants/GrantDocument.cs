using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>Writes and reads the grant file. The typed data in it is complete, so that any EIP-712 library verifies it without knowing this project.</summary>
internal static class GrantDocument
{
    public const string Format = "sessionsigner.grant.v1";
    public const string AudienceRule = "Must be 1 to 256 printable ASCII characters.";
    private const int ChainCountMax = 64;

    private static readonly JsonItem.Object s_domain = JsonItem.Of(
        ("name", Text(GrantCodec.DomainName)),
        ("version", Text(GrantCodec.DomainVersion))
    );

    private static readonly JsonItem.Object s_types = JsonItem.Of(
        ("EIP712Domain", Fields("string name,string version")),
        ("Grant", Fields(GrantCodec.EncodedType["Grant(".Length..^1]))
    );

    public static JsonItem.Object Write(SignedGrant signed, EffectiveScope scope)
    {
        var grant = signed.Grant;
        var message = JsonItem.Of(
            ("grantId", Text(grant.GrantId.ToString())),
            ("sessionKeyCurve", Text(grant.SessionKey.CurveName)),
            ("sessionKey", Text(Parsing.Hex(grant.SessionKey.Compressed.Span))),
            ("primaryKeyCurve", Text(grant.PrimaryKey.CurveName)),
            ("primaryKey", Text(Parsing.Hex(grant.PrimaryKey.Compressed.Span))),
            ("account", Text(grant.Account.ToString())),
            ("chains", new JsonItem.Array([.. grant.Chains.Select(chain => Text(chain.ToString()))])),
            ("notBefore", Text(((UInt256)(ulong)grant.NotBefore).ToString())),
            ("notAfter", Text(((UInt256)(ulong)grant.NotAfter).ToString())),
            ("scopeHash", Text(grant.ScopeHash.ToString())),
            ("policyDigest", Text(grant.PolicyDigest.ToString())),
            ("audience", Text(grant.Audience))
        );
        return JsonItem.Of(
            ("format", Text(Format)),
            ("scope", scope.Document),
            ("signature", Text(Parsing.Hex(signed.Signature.Span))),
            ("typed_data", JsonItem.Of(("domain", s_domain), ("message", message), ("primaryType", Text("Grant")), ("types", s_types)))
        );
    }

    public static ParsedGrant? Read(ReadOnlySpan<byte> utf8, FaultList faults)
    {
        if (StrictJson.Read(utf8, faults) is not { } item)
        {
            return null;
        }
        var reader = ObjectReader.Open(item, "", faults);
        reader.Text("format", text => text == Format, $"Must be \"{Format}\".");
        var scope = EffectiveScope.Read(reader.Required("scope"), "scope", faults);
        var typed = ObjectReader.Open(reader.Required("typed_data"), "typed_data", faults);
        RequireExactly(typed, "domain", s_domain, "Must be the grant format's domain, exactly.");
        RequireExactly(typed, "types", s_types, "Must be the grant format's types, exactly.");
        typed.Text("primaryType", text => text == "Grant", "Must be \"Grant\".");
        var grant = ReadMessage(ObjectReader.Open(typed.Required("message"), "typed_data.message", faults));
        typed.RefuseUnknown();
        var signature = ReadSignature(reader, grant?.PrimaryKey.Curve ?? Curve.Unspecified);
        reader.RefuseUnknown();
        return faults.Count == 0 && scope is not null && grant is not null
            ? new ParsedGrant(new SignedGrant(grant, signature), scope)
            : null;
    }

    private static UnsignedGrant? ReadMessage(ObjectReader message)
    {
        var before = message.Faults.Count;
        var sessionKey = ReadKey(message, "sessionKeyCurve", "sessionKey", "secp256k1");
        var primaryKey = ReadKey(message, "primaryKeyCurve", "primaryKey", "secp256k1", "P-256");
        var chains = message.Distinct<UInt256>("chains", 1, ChainCountMax, Parsing.ChainId);
        var grantId = message.Hash("grantId");
        var account = message.Address("account");
        var notBefore = ReadTime(message, "notBefore");
        var notAfter = ReadTime(message, "notAfter");
        var scopeHash = message.Hash("scopeHash");
        var policyDigest = message.Hash("policyDigest");
        var audience = message.Text("audience", text => Parsing.IsPrintable(text, 1, 256), AudienceRule);
        message.RefuseUnknown();
        if (!chains.SequenceEqual(chains.Order()))
        {
            message.Faults.Add(message.PathOf("chains"), "Must be ascending.");
        }
        if (notAfter <= notBefore)
        {
            message.Faults.Add(message.PathOf("notAfter"), "Must be later than notBefore.");
        }
        if (message.Faults.Count != before || sessionKey is null || primaryKey is null)
        {
            return null;
        }
        return new UnsignedGrant
        {
            GrantId = grantId,
            SessionKey = sessionKey,
            PrimaryKey = primaryKey,
            Account = account,
            Chains = chains,
            NotBefore = notBefore,
            NotAfter = notAfter,
            ScopeHash = scopeHash,
            PolicyDigest = policyDigest,
            Audience = audience,
        };
    }

    private static PublicKey? ReadKey(ObjectReader message, string curveName, string keyName, params string[] curves)
    {
        var curve = message.Text(curveName, curves.Contains, $"Must be {string.Join(" or ", curves)}.");
        var item = message.Required(keyName);
        if (item is null || curve.Length == 0)
        {
            return null;
        }
        if (Parsing.Bytes(item) is { } bytes && PublicKey.TryCreate(PublicKey.ParseCurve(curve), bytes, out var key))
        {
            return key;
        }
        message.Faults.Add(
            message.PathOf(keyName),
            $"Must be a point of {curve} in SEC1 compressed form: 0x and 66 lower-case hexadecimal digits."
        );
        return null;
    }

    private static long ReadTime(ObjectReader message, string name)
    {
        var value = message.Amount(name);
        if (value.TryToUInt64(out var seconds) && seconds <= JsonItem.Integer.Max)
        {
            return (long)seconds;
        }
        message.Faults.Add(message.PathOf(name), "Must be at most 2^53-1.");
        return 0;
    }

    private static byte[] ReadSignature(ObjectReader reader, Curve curve)
    {
        var item = reader.Required("signature");
        if (item is null || curve == Curve.Unspecified)
        {
            return [];
        }
        var length = curve == Curve.Secp256k1 ? 65 : 64;
        if (Parsing.Bytes(item) is { } bytes && bytes.Length == length)
        {
            return bytes;
        }
        reader.Faults.Add(
            reader.PathOf("signature"),
            curve == Curve.Secp256k1
                ? "Must be 65 bytes (r, s, v) as lower-case hexadecimal digits after 0x."
                : "Must be 64 bytes (r, s) as lower-case hexadecimal digits after 0x."
        );
        return [];
    }

    private static void RequireExactly(ObjectReader reader, string name, JsonItem expected, string rule)
    {
        if (reader.Required(name) is { } item && CanonicalJson.Write(item) != CanonicalJson.Write(expected))
        {
            reader.Faults.Add(reader.PathOf(name), rule);
        }
    }

    private static JsonItem.Text Text(string value) => new(value);

    private static JsonItem.Array Fields(string declaration) =>
        new([
            .. declaration
                .Split(',')
                .Select(field => field.Split(' '))
                .Select(parts => JsonItem.Of(("name", Text(parts[1])), ("type", Text(parts[0])))),
        ]);
}
