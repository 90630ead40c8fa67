using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

/// <summary>Fees and native value that nothing bounds.</summary>
public class FeeLintTests
{
    [Fact]
    public void Fee_caps_that_are_none()
    {
        var permission = ScopeBuilder.Call("f()");
        permission["max_gas"] = "30000000";
        permission["max_fee_per_gas"] = "500000000000";
        permission["max_priority_fee_per_gas"] = "1";
        Assert.Contains("more than 10 ether in fees", Assert.Single(Check(permission)), StringComparison.Ordinal);
        permission["max_gas"] = Ethereum.UInt256.MaxValue.ToString();
        Assert.Contains("more than 10 ether in fees", Assert.Single(Check(permission)), StringComparison.Ordinal);
        permission["max_gas"] = "1000000";
        Assert.Empty(Check(permission));
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
        permission["max_native_value"] = "170141183460469231731687303715884105728";
        Assert.Contains("is no cap", Assert.Single(Check(permission)), StringComparison.Ordinal);
        permission["max_native_value"] = "170141183460469231731687303715884105727";
        Assert.Empty(Check(permission));
    }

    private static IReadOnlyList<string> Check(params JsonObject[] permissions) =>
        PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document([.. permissions.Select(one => one.DeepClone().AsObject())])));
}
