using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Contracts go by the selector: what a function is called must not hide what it is.</summary>
public class SelectorLintTests
{
    private const string Count = """[{"budget":"usdc","path":"amount"}]""";
    private const string Bounds =
        $$"""[{"path":"to","op":"eq","value":"{{ScopeBuilder.Bob}}"},{"path":"amount","op":"lte","value":"100"}]""";

    [Theory]
    [InlineData("workMyDirefulOwner(uint256,uint256)", "transfer(address,uint256)")]
    [InlineData("many_msg_babbage(bytes1)", "transfer(address,uint256)")]
    [InlineData("func_2093253501(bytes)", "transfer(address,uint256)")]
    [InlineData("sign_szabo_bytecode(bytes16,uint128)", "approve(address,uint256)")]
    [InlineData("gasprice_bit_ether(int128)", "transferFrom(address,address,uint256)")]
    [InlineData("watch_tg_invmru_faebe36(bool,bool,bool)", "transferFrom(address,address,uint256)")]
    [InlineData("join_tg_invmru_haha_fd06787(address,bool)", "transfer(address,uint256)")]
    [InlineData("join_tg_invmru_haha_9d69f3f(bool,address)", null)]
    [InlineData("transfer(address to, uint256 amount)", null)]
    public void A_name_with_the_selector_of_another_function(string function, string? real)
    {
        // Whatever is pinned: the constraints name arguments that the call does not have.
        var pinned = function.StartsWith("many", StringComparison.Ordinal) ? """[{"path":"[0]","op":"eq","value":"0x00"}]""" : "[]";
        var warnings = Check(ScopeBuilder.Call(function, pinned));
        if (real is null)
        {
            Assert.DoesNotContain(warnings, warning => warning.StartsWith(PolicyLint.Danger, StringComparison.Ordinal));
            return;
        }
        Assert.True(AbiFunction.TryParse(function, out var parsed, out _));
        Assert.StartsWith(
            $"DANGER: ceiling.permissions[0].function: {parsed!.CanonicalSignature} has the selector of {real}, 0x{parsed.Selector:x8}: ",
            Assert.Single(warnings),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void It_comes_before_everything_else()
    {
        var document = PolicyBuilder.Document(ScopeBuilder.Call("f()"), ScopeBuilder.Call("many_msg_babbage(bytes1)", name: "other"));
        document["max_lifetime_seconds"] = 90_000;
        var warnings = PolicyLint.Check(PolicyBuilder.Parse(document));
        Assert.StartsWith("DANGER: ceiling.permissions[1].function: ", warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("max_lifetime_seconds: ", warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_a_way_around_the_budget_of_what_it_is()
    {
        var approve = ScopeBuilder.Call("approve(address to, uint256 amount)", Bounds, Count);
        var alias = ScopeBuilder.Call("workMyDirefulOwner(uint256 job, uint256 hours)", name: "alias");
        Assert.Contains(
            Check(approve, alias),
            warning =>
                warning.StartsWith(
                    "ceiling.permissions[1].meters: workMyDirefulOwner(uint256,uint256), which is transfer(address,uint256), moves a token",
                    StringComparison.Ordinal
                )
        );
    }

    private static IReadOnlyList<string> Check(params JsonObject[] permissions) =>
        PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document([.. permissions.Select(one => one.DeepClone().AsObject())])));
}
