using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>Makes scopes from JSON, and asks them.</summary>
internal static class ScopeBuilder
{
    public const string Token = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
    public const string Other = "0x6B175474E89094C44Da98b954EedeAC495271d0F";
    public const string Alice = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
    public const string Bob = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    public const long Now = 1_700_000_000;

    /// <summary>A session that acts for <see cref="Alice"/>.</summary>
    public static SessionFacts Session =>
        new(default, long.MaxValue, Address.TryParseChecksummed(Alice, out var account) ? account : default);

    /// <summary>A permission of kind "call" on the token.</summary>
    public static JsonObject Call(string function, string constraints = "[]", string meters = "[]", string name = "call") =>
        JsonNode
            .Parse(
                $$"""{"name":"{{name}}","kind":"call","targets":["{{Token}}"],"function":"{{function}}","constraints":{{constraints}},"meters":{{meters}}}"""
            )!
            .AsObject();

    /// <summary>A permission of kind "typed_data" in the domain of <see cref="TypedData"/>.</summary>
    public static JsonObject Typed(string type, string constraints = "[]", string meters = "[]", string name = "typed") =>
        JsonNode
            .Parse(
                $$"""
                {"name":"{{name}}","kind":"typed_data","domain":{"name":"Venue","version":"1","chain_id":"1","verifying_contract":"{{Token}}"},
                 "primary_type":"{{type[
                    ..type.IndexOf('(', StringComparison.Ordinal)
                ]}}","type":"{{type}}","constraints":{{constraints}},"meters":{{meters}}}
                """
            )!
            .AsObject();

    /// <summary>A scope on chain 1 with a budget "usdc" of 1000 and a budget "eth" of 5.</summary>
    public static JsonObject Document(params JsonObject[] permissions) =>
        new()
        {
            ["version"] = 1,
            ["chains"] = new JsonArray("1"),
            ["permissions"] = new JsonArray([.. permissions]),
            ["budgets"] = JsonNode.Parse(
                """[{"name":"usdc","unit":"USDC base units","limit":"1000","window":"lifetime","per":"session"},{"name":"eth","unit":"wei","limit":"5","window":"lifetime","per":"session"}]"""
            ),
        };

    public static CompiledScope Compile(params JsonObject[] permissions) => CompileDocument(Document(permissions));

    public static CompiledScope CompileDocument(JsonObject document, string side = "ceiling")
    {
        var scope = Parse(document);
        Assert.True(CompiledScope.TryCompile(side, scope, out var compiled, out var faults), string.Join('\n', faults));
        return compiled;
    }

    public static Scope Parse(JsonObject document)
    {
        Assert.True(
            Scope.TryParse(Encoding.UTF8.GetBytes(document.ToJsonString()), out var scope, out var faults),
            string.Join('\n', faults)
        );
        return scope!;
    }

    public static IReadOnlyList<string> Faults(params JsonObject[] permissions)
    {
        Assert.False(CompiledScope.TryCompile("ceiling", Parse(Document(permissions)), out var compiled, out var faults));
        Assert.Null(compiled);
        return faults;
    }

    public static ScopeDecision Ask(this CompiledScope scope, SigningPayload payload, DebitBuffer? debits = null) =>
        scope.Evaluate(payload, Now, debits ?? new DebitBuffer(), Session);

    public static Denial Refusal(this CompiledScope scope, SigningPayload payload)
    {
        var debits = new DebitBuffer();
        var decision = scope.Ask(payload, debits);
        Assert.False(decision.IsAllowed);
        Assert.Equal(0, debits.Count);
        return decision.Denial;
    }

    public static TransactionPayload CallData(string function, params string[] words)
    {
        Assert.True(AbiFunction.TryParse(function, out var parsed, out var fault), fault);
        return new TransactionBuilder { Data = "0x" + Convert.ToHexStringLower(parsed!.Selector4.Span) + string.Concat(words) }.Build();
    }

    public static TypedDataPayload TypedData(string types, string primaryType, string message, Action<JsonObject>? change = null)
    {
        var document = JsonNode
            .Parse(
                $$"""
                {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],{{types}}},
                 "primaryType":"{{primaryType}}","domain":{"name":"Venue","version":"1","chainId":"1","verifyingContract":"{{Token}}"},"message":{{message}}}
                """
            )!
            .AsObject();
        change?.Invoke(document);
        Assert.True(Ethereum.TypedData.TryParse(Encoding.UTF8.GetBytes(document.ToJsonString()), out var data, out var fault), fault);
        return new TypedDataPayload(data!);
    }
}
