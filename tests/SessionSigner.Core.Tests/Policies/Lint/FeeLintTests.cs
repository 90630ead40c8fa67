using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

/// <summary>Fees and native value that nothing bounds.</summary>
public class FeeLintTests
{
    [Fact]
    public void Fee_caps_that_are_none()
    {
        var permission = Fees("30000000", "500000000000");
        Assert.Contains("more than 10 ether in fees", Assert.Single(Check(permission)), StringComparison.Ordinal);
        permission["max_gas"] = Ethereum.UInt256.MaxValue.ToString();
        Assert.Contains("more than 10 ether in fees", Assert.Single(Check(permission)), StringComparison.Ordinal);
        permission["max_gas"] = "10000";
        Assert.Empty(Check(permission));
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(201, "max_gas times max_fee_per_gas times max_signatures is 10.05 ether: what a session may cost in fees")]
    [InlineData(10_000, "max_gas times max_fee_per_gas times max_signatures is 500 ether: what a session may cost in fees")]
    public void Fees_of_a_session_that_nothing_bounds(int signatures, string? warning)
    {
        var document = PolicyBuilder.Document(Fees("500000", "100000000000"));
        document["ceiling"]!["max_signatures"] = signatures;
        var warnings = PolicyLint.Check(PolicyBuilder.Parse(document));
        Assert.Equal(warning is null ? 0 : 1, warnings.Count);
        Assert.All(warnings, found => Assert.StartsWith("ceiling.permissions[0]: " + warning, found, StringComparison.Ordinal));
    }

    [Fact]
    public void Fees_that_a_budget_counts()
    {
        var permission = Fees("500000", "100000000000");
        permission["meters"] = JsonNode.Parse("""[{"budget":"eth","gas_cost":true}]""");
        var document = PolicyBuilder.Document(permission);
        document["ceiling"]!["max_signatures"] = 10_000;
        Assert.Empty(PolicyLint.Check(PolicyBuilder.Parse(document)));
    }

    [Fact]
    public void Fees_of_a_session_that_signs_without_end()
    {
        var document = PolicyBuilder.Document(Fees("500000", "100000000000"));
        document["ceiling"]!.AsObject().Remove("max_signatures");
        Assert.Contains(
            "ceiling.permissions[0]: max_gas times max_fee_per_gas is 0.05 ether a transaction, and without max_signatures or a meter of gas_cost nothing bounds what a session may cost in fees.",
            PolicyLint.Check(PolicyBuilder.Parse(document))
        );
    }

    [Fact]
    public void Gas_caps_of_user_operations_that_are_none()
    {
        var permission = UserOperations.Permission(budget: "eth");
        Assert.DoesNotContain(Check(permission), IsOfGas);
        permission["max_fee_per_gas"] = "100000000000000000000";
        Assert.Contains(
            "more than 10 ether in gas",
            Assert.Single(Check(permission), warning => IsOfGas(warning)),
            StringComparison.Ordinal
        );
        permission["max_call_gas"] = Ethereum.UInt256.MaxValue.ToString();
        Assert.Contains(
            "more than 10 ether in gas",
            Assert.Single(Check(permission), warning => IsOfGas(warning)),
            StringComparison.Ordinal
        );
        permission.Remove("max_call_gas");
        Assert.Contains("No max_call_gas;", Assert.Single(Check(permission), warning => IsOfGas(warning)), StringComparison.Ordinal);

        static bool IsOfGas(string warning) => warning.Contains("gas", StringComparison.Ordinal);
    }

    [Fact]
    public void Native_value_without_a_cap_worth_the_name()
    {
        var permission = ScopeBuilder.Call("", meters: """[{"budget":"eth","native_value":true}]""");
        permission["max_native_value"] = "1000000000000000000000001";
        Assert.Contains("a million ether, is no cap", Assert.Single(Check(permission)), StringComparison.Ordinal);
        permission["max_native_value"] = "1000000000000000000000000";
        Assert.Empty(Check(permission));
    }

    [Theory]
    [InlineData("native_value", "1000000000000000000000001", true)]
    [InlineData("native_value", "1000000000000000000000000", false)]
    [InlineData("gas_cost", "1000000000000000000000001", true)]
    [InlineData("gas_cost", "1000000000000000000000000", false)]
    public void A_budget_of_native_value_or_gas_without_a_limit_worth_the_name(string counted, string limit, bool isNone)
    {
        var native = ScopeBuilder.Call("", meters: $$"""[{"budget":"eth","{{counted}}":true}]""");
        native["max_native_value"] = "5";
        var document = PolicyBuilder.Document(native);
        document["ceiling"]!["budgets"]![0]!["limit"] = limit;
        Assert.Equal(isNone, PolicyLint.Check(PolicyBuilder.Parse(document)).Any(IsOfLimit));
        // Of a token it is a number like any other.
        document = PolicyBuilder.Document();
        document["ceiling"]!["budgets"]![0]!["limit"] = limit;
        Assert.Empty(PolicyLint.Check(PolicyBuilder.Parse(document)));

        static bool IsOfLimit(string warning) => warning.StartsWith("ceiling.budgets[0].limit: ", StringComparison.Ordinal);
    }

    private static JsonObject Fees(string gas, string fee)
    {
        var permission = ScopeBuilder.Call("f()");
        permission["max_gas"] = gas;
        permission["max_fee_per_gas"] = fee;
        permission["max_priority_fee_per_gas"] = "1";
        return permission;
    }

    private static IReadOnlyList<string> Check(params JsonObject[] permissions) =>
        PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document([.. permissions.Select(one => one.DeepClone().AsObject())])));
}
