using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

/// <summary>Messages by which an account signs anything, hands on its power, or makes calls.</summary>
public class AccountMessageLintTests
{
    [Theory]
    [InlineData("SafeMessage(bytes message)", "message", """{"path":"message","length":true,"op":"eq","value":"32"}""")]
    [InlineData("CoinbaseSmartWalletMessage(bytes32 hash)", "hash", """{"path":"hash","op":"ne","value":"0x%"}""")]
    [InlineData("ReplaySafeHash(bytes32 hash)", "hash", null)]
    [InlineData("Anything(string text)", "text", null)]
    [InlineData("Anything(Inner inner)Inner(bytes32 what)", "inner.what", null)]
    [InlineData("Anything(bytes32[] hashes)", "hashes[*]", null)]
    [InlineData("SafeMessage(uint256 nonce,bytes message)", "message", null)]
    public void What_is_signed_whatever_it_says(string type, string path, string? loose)
    {
        var constraints = loose is null ? "[]" : $"[{loose.Replace("%", new string('0', 64), StringComparison.Ordinal)}]";
        Assert.StartsWith(
            $"DANGER: ceiling.permissions[0].type: {type[..type.IndexOf('(', StringComparison.Ordinal)]} signs whatever \"{path}\" holds",
            Assert.Single(Check(ScopeBuilder.Typed(type, constraints))),
            StringComparison.Ordinal
        );
        var value = path == "text" ? "yes" : "0x" + new string('1', 64);
        var pinned = ScopeBuilder.Typed(type, $$"""[{"path":"{{path}}","op":"eq","value":"{{value}}"}]""");
        Assert.DoesNotContain(Check(pinned), warning => warning.StartsWith(PolicyLint.Danger, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Order(uint256 id,bytes32 salt)")]
    [InlineData("Cancel(uint256 id)")]
    public void What_says_more_than_that(string type) =>
        Assert.DoesNotContain(
            Check(ScopeBuilder.Typed(type, AtMost("id"))),
            warning => warning.StartsWith(PolicyLint.Danger, StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("Delegation(address delegate,address delegator,bytes32 authority,uint256 salt)", "delegate", "salt")]
    [InlineData(
        "Delegation(address delegate,address delegator,bytes32 authority,Caveat[] caveats,uint256 salt)Caveat(address enforcer,bytes terms)",
        "delegate",
        "salt"
    )]
    public void A_delegation_whatever_is_constrained(string type, string delegatee, string count) =>
        Assert.Contains(
            "hands on the account's own power",
            Assert.Single(Check(ScopeBuilder.Typed(type, Is(delegatee), Count(count)))),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("MetaTx(address signer,uint256 nonce,bytes data)", "carries calls")]
    [InlineData("MetaTransaction(uint256 nonce,address signer,bytes data)", "carries calls")]
    [InlineData("Sponsored(uint256 nonce,address signer,bytes data)", "may carry calls")]
    [InlineData("Sponsored(uint256 nonce,address signer,bytes[] data)", "may carry calls")]
    public void Calls_in_a_message(string type, string warning)
    {
        var meters = Count("nonce");
        Assert.Contains(warning, Assert.Single(Check(ScopeBuilder.Typed(type, Is("signer"), meters))), StringComparison.Ordinal);
        var path = type.Contains("[]", StringComparison.Ordinal) ? "data[*]" : "data";
        var none = $$"""[{"path":"{{path}}","op":"eq","value":"0x"}]""";
        Assert.Empty(Check(ScopeBuilder.Typed(type, none, meters)));
    }

    private static string Is(string path) => $$"""[{"path":"{{path}}","op":"eq","value":"{{ScopeBuilder.Bob}}"}]""";

    private static string AtMost(string path) => $$"""[{"path":"{{path}}","op":"lte","value":"1"}]""";

    private static string Count(string path) => $$"""[{"budget":"usdc","path":"{{path}}"}]""";

    private static IReadOnlyList<string> Check(JsonObject permission) =>
        PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document(permission)));
}
