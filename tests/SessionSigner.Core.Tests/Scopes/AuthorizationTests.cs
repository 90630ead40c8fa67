using System.Text;
using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

public class AuthorizationTests
{
    private const string Rules = $$"""[{"address":"{{ScopeBuilder.Other}}"},{"address":"{{ScopeBuilder.Alice}}","chain":"0"}]""";

    [Theory]
    [InlineData(ScopeBuilder.Other, 1, 1, null)]
    [InlineData(ScopeBuilder.Other, 1, 2, null)]
    [InlineData(ScopeBuilder.Alice, 0, 1, null)]
    [InlineData(ScopeBuilder.Other, 1, 3, "3 EIP-7702 authorisations")]
    [InlineData(ScopeBuilder.Other, 0, 1, $"EIP-7702 authorisation of {ScopeBuilder.Other} on chain 0")]
    [InlineData(ScopeBuilder.Other, 10, 1, $"EIP-7702 authorisation of {ScopeBuilder.Other} on chain 10")]
    [InlineData(ScopeBuilder.Alice, 1, 1, $"EIP-7702 authorisation of {ScopeBuilder.Alice} on chain 1")]
    [InlineData(ScopeBuilder.Bob, 1, 2, $"EIP-7702 authorisation of {ScopeBuilder.Bob} on chain 1")]
    [InlineData(
        "0x0000000000000000000000000000000000000000",
        0,
        1,
        "EIP-7702 authorisation of 0x0000000000000000000000000000000000000000 on chain 0"
    )]
    public void Every_authorisation_must_be_named(string target, int chain, int count, string? observed)
    {
        var scope = ScopeBuilder.Compile(Call(Rules, 2));
        var payload = Transaction(target, chain, count);
        if (observed is null)
        {
            Assert.Equal("ceiling.permissions[0]", scope.Ask(payload).AllowedBy);
            return;
        }
        var denial = scope.Refusal(payload);
        Assert.Equal(
            (DenialReason.FeatureNotAllowed, "ceiling.permissions[0].authorizations", observed),
            (denial.Reason, denial.Rule, denial.Observed)
        );
        Assert.StartsWith("at most 2: ", denial.Limit, StringComparison.Ordinal);
    }

    [Fact]
    public void None_is_carried_where_none_is_named()
    {
        var other = Call(Rules, 1);
        other["name"] = "other";
        other["targets"] = new JsonArray(ScopeBuilder.Bob);
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call("f()"), other);
        var denial = scope.Refusal(Transaction(ScopeBuilder.Other, 1, 1));
        Assert.Equal(("ceiling.permissions[0].authorizations", "no authorisations"), (denial.Rule, denial.Limit));
        // Without authorisations it is a transaction like others, but not one of type 4, which the chain would not take.
        Assert.Equal(
            ("ceiling.permissions", "EIP-7702 authorisation list of 0", "transactions of types 0, 1, 2, and 4 with authorisations"),
            Refusal(scope, 0)
        );
        Assert.Equal(
            ("ceiling.permissions", "EIP-7702 authorisation list of 1", "transactions of types 0, 1 and 2"),
            Refusal(ScopeBuilder.Compile(ScopeBuilder.Call("f()")), 1)
        );

        static (string Rule, string Observed, string Limit) Refusal(CompiledScope scope, int count)
        {
            var denial = scope.Refusal(Transaction(ScopeBuilder.Other, 1, count));
            return (denial.Rule, denial.Observed, denial.Limit);
        }
    }

    [Fact]
    public void A_carried_call_brings_none()
    {
        var inner = Call(Rules, 1);
        var batch = ScopeBuilder.Call("multicall(bytes[] calls)", name: "batch");
        batch["unwrap"] = "multicall";
        var data = "0xac9650d8" + Word(32) + Word(1) + Word(32) + Word(4) + "26121ff0".PadRight(64, '0');
        var payload = (Transaction(ScopeBuilder.Other, 1, 1, data), Transaction(ScopeBuilder.Other, 1, 0, data, type: 2));
        var scope = ScopeBuilder.Compile(inner, batch);
        Assert.True(scope.Ask(payload.Item2).IsAllowed);
        Assert.Equal("ceiling.permissions[1].authorizations", scope.Refusal(payload.Item1).Rule);
    }

    [Theory]
    [InlineData("[]", 1)]
    [InlineData("[{}]", 1)]
    [InlineData($$"""[{"address":"{{ScopeBuilder.Other}}","chain":"10"}]""", 1)]
    [InlineData($$"""[{"address":"{{ScopeBuilder.Other}}","nonce":"1"}]""", 1)]
    [InlineData(Rules, 0)]
    [InlineData(Rules, 17)]
    [InlineData("null", 1)]
    public void A_bad_rule_is_a_fault(string rules, int max)
    {
        var utf8 = Encoding.UTF8.GetBytes(ScopeBuilder.Document(Call(rules, max)).ToJsonString());
        Assert.False(Grants.Scope.TryParse(utf8, out _, out var faults));
        Assert.NotEmpty(faults);
    }

    [Fact]
    public void A_number_without_rules_is_a_fault()
    {
        var permission = Call(Rules, 1);
        permission.Remove("authorizations");
        Assert.False(
            Grants.Scope.TryParse(Encoding.UTF8.GetBytes(ScopeBuilder.Document(permission).ToJsonString()), out _, out var faults)
        );
        Assert.Equal(["permissions[0].max_authorizations: Only beside authorizations."], faults);
    }

    [Fact]
    public void Lint_says_what_it_means() =>
        Assert.Contains(
            PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document(Call(Rules, 1)))),
            warning => warning.StartsWith("ceiling.permissions[0].authorizations: ", StringComparison.Ordinal)
        );

    private static JsonObject Call(string rules, int max)
    {
        var permission = ScopeBuilder.Call("f()");
        permission["authorizations"] = JsonNode.Parse(rules);
        permission["max_authorizations"] = max;
        return permission;
    }

    internal static TransactionPayload Transaction(string target, int chain, int count, string data = "0x26121ff0", int type = 4) =>
        new TransactionBuilder
        {
            Type = type,
            Data = data,
            Authorizations = count,
            AuthorizationChain = chain,
            AuthorizationDelegate = target,
        }.Build();

    private static string Word(int value) => TransactionBuilder.Word(value);
}
