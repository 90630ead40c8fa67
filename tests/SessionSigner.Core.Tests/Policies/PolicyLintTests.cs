using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

public class PolicyLintTests
{
    private const string Pinned = "{\"path\":\"to\",\"op\":\"eq\",\"value\":\"" + ScopeBuilder.Bob + "\"}";

    [Fact]
    public void Has_nothing_to_say_about_a_tight_policy() => Assert.Empty(PolicyLint.Check(PolicyBuilder.Parse()));

    [Theory]
    [InlineData("approve(address to, uint256 amount)", "lets the spender take the amount later")]
    [InlineData("increaseAllowance(address to, uint256 amount)", "lets the spender take the amount later")]
    [InlineData("transfer(address to, uint256 amount)", "moves the amount")]
    [InlineData("transferFrom(address from, address to, uint256 amount)", "moves the amount")]
    [InlineData(
        "permit(address owner, address to, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)",
        "lets the spender take the amount later"
    )]
    public void Warns_of_what_moves_value_without_bounds(string function, string danger)
    {
        var warnings = Check(ScopeBuilder.Call(function));
        Assert.Equal(3, warnings.Count);
        Assert.Contains(warnings, warning => warning.Contains(danger + ", and \"to\" may be anyone", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains("\"amount\" has no cap", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains("no budget counts \"amount\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cap_of_the_largest_number_is_none()
    {
        var unlimited = ScopeBuilder.Call(
            "approve(address to, uint256 amount)",
            $$"""[{{Pinned}},{"path":"amount","op":"lte","value":"{{Ethereum.UInt256.MaxValue}}"}]""",
            """[{"budget":"usdc","path":"amount"}]"""
        );
        Assert.Contains("\"amount\" has no cap", Assert.Single(Check(unlimited)), StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_without_names_are_seen()
    {
        var warnings = Check(
            ScopeBuilder.Call("transfer(address,uint256)", $$"""[{"path":"[0]","op":"eq","value":"{{ScopeBuilder.Bob}}"}]""")
        );
        Assert.Equal(2, warnings.Count);
        Assert.Contains(warnings, warning => warning.Contains("\"[1]\" has no cap", StringComparison.Ordinal));
    }

    [Fact]
    public void Warns_of_approval_for_all() =>
        Assert.Equal(2, Check(ScopeBuilder.Call("setApprovalForAll(address to, bool approved)")).Count);

    [Theory]
    [InlineData("multicall(bytes[] calls)", "carries other calls")]
    [InlineData("execute(bytes32 mode, bytes data)", "carries other calls")]
    [InlineData("upgradeToAndCall(address implementation, bytes data)", "hands over control")]
    public void Warns_of_containers_and_upgrades(string function, string danger) =>
        Assert.Contains(danger, Assert.Single(Check(ScopeBuilder.Call(function))), StringComparison.Ordinal);

    [Fact]
    public void Warns_of_open_orders_that_nobody_can_close()
    {
        var document = PolicyBuilder.Document();
        document["ceiling"]!["max_open_orders"] = 5;
        var warning = Assert.Single(PolicyLint.Check(PolicyBuilder.Parse(document)));
        Assert.StartsWith("ceiling.max_open_orders: \"releasers\" names nobody", warning, StringComparison.Ordinal);
        Assert.Contains("after 5 signatures", warning, StringComparison.Ordinal);
        document["releasers"] = new JsonArray("spiffe://desk.example/settlement");
        Assert.Empty(PolicyLint.Check(PolicyBuilder.Parse(document)));
    }

    [Fact]
    public void Warns_of_missing_fee_caps()
    {
        var permission = ScopeBuilder.Call("f()");
        permission["max_gas"] = "1";
        Assert.Equal(
            "ceiling.permissions[0]: No max_fee_per_gas, max_priority_fee_per_gas; the account can be drained by fees.",
            Assert.Single(Check(permission))
        );
    }

    [Fact]
    public void Warns_of_native_value_that_nothing_counts()
    {
        var permission = ScopeBuilder.Call("");
        permission["max_native_value"] = "5";
        Assert.Contains("no budget counts it", Assert.Single(Check(permission)), StringComparison.Ordinal);
    }

    [Fact]
    public void Warns_of_permits_and_loose_domains()
    {
        var permission = ScopeBuilder.Typed("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        permission["domain"] = JsonNode.Parse("""{"name":"Token"}""");
        var warnings = Check(permission);
        string[] parts = ["No chain_id", "No verifying_contract", "the spender may be anyone", "the amount has no cap", "no budget counts"];
        Assert.All(parts, part => Assert.Contains(warnings, warning => warning.Contains(part, StringComparison.Ordinal)));
    }

    [Fact]
    public void Warns_of_what_bounds_a_session_as_a_whole()
    {
        var document = PolicyBuilder.Document();
        document["max_lifetime_seconds"] = 86_401;
        document["ceiling"]!.AsObject().Remove("max_signatures");
        document["ceiling"]!.AsObject().Remove("rates");
        var warnings = PolicyLint.Check(PolicyBuilder.Parse(document));
        string[] starts =
        [
            "max_lifetime_seconds: ",
            "ceiling.max_signatures: ",
            "ceiling.rates: ",
            "ceiling.permissions[0]: max_gas times",
        ];
        Assert.Equal(starts.Length, warnings.Count);
        Assert.All(starts, start => Assert.Contains(warnings, warning => warning.StartsWith(start, StringComparison.Ordinal)));
    }

    private static IReadOnlyList<string> Check(params JsonObject[] permissions) =>
        PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document(permissions)));
}
