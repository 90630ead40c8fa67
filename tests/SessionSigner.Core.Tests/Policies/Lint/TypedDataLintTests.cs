using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

/// <summary>Every way around a cap that lint knows in a message.</summary>
public class TypedDataLintTests
{
    private const string Details = "PermitDetails(address token,uint160 amount,uint48 expiration,uint48 nonce)";
    private const string Tokens = "TokenPermissions(address token,uint256 amount)";
    private const string Dai = "Permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed)";

    [Theory]
    [InlineData("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)", "value", "")]
    [InlineData(
        "PermitSingle(PermitDetails details,address spender,uint256 sigDeadline)" + Details,
        "details.amount",
        "details.token details.expiration"
    )]
    [InlineData(
        "PermitBatch(PermitDetails[] details,address spender,uint256 sigDeadline)" + Details,
        "details[*].amount",
        "details[*].token details[*].expiration"
    )]
    [InlineData(
        "PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline)" + Tokens,
        "permitted.amount",
        "permitted.token"
    )]
    [InlineData(
        "PermitBatchTransferFrom(TokenPermissions[] permitted,address spender,uint256 nonce,uint256 deadline)" + Tokens,
        "permitted[*].amount",
        "permitted[*].token"
    )]
    public void A_permit_needs_a_spender_a_cap_and_a_budget(string type, string amount, string others)
    {
        var open = Check(ScopeBuilder.Typed(type));
        var more = others.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] parts =
        [
            "the spender may be anyone",
            "the amount has no cap",
            "no budget counts",
            .. more.Select(path => $"constrain \"{path}\""),
        ];
        Assert.All(parts, part => Assert.Contains(open, warning => warning.Contains(part, StringComparison.Ordinal)));
        Assert.Equal(parts.Length, open.Count);

        string[] bounds =
        [
            Is("spender"),
            AtMost(amount, "100"),
            .. more.Select(path => path.EndsWith("expiration", StringComparison.Ordinal) ? AtMost(path, "1900000000") : Is(path)),
        ];
        Assert.Empty(Check(ScopeBuilder.Typed(type, List(bounds), Count(amount))));
        // A budget that counts something else is none for the amount.
        var elsewhere = Check(
            ScopeBuilder.Typed(type, List(bounds), Count(type.Contains("sigDeadline", StringComparison.Ordinal) ? "sigDeadline" : "nonce"))
        );
        Assert.Contains($"no budget counts \"{amount}\"", Assert.Single(elsewhere), StringComparison.Ordinal);
    }

    [Fact]
    public void An_expiration_of_never_is_none()
    {
        string[] bounds =
        [
            Is("spender"),
            Is("details.token"),
            AtMost("details.amount", "100"),
            AtMost("details.expiration", "281474976710655"),
        ];
        var type = "PermitSingle(PermitDetails details,address spender,uint256 sigDeadline)" + Details;
        Assert.Contains(
            "for ever; constrain \"details.expiration\"",
            Assert.Single(Check(ScopeBuilder.Typed(type, List(bounds), Count("details.amount")))),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("79228162514264337593543950335", false)]
    [InlineData("79228162514264337593543950334", true)]
    public void The_most_that_a_type_holds_is_no_cap(string cap, bool isCap)
    {
        const string Type = "Permit(address owner,address spender,uint96 value,uint256 nonce,uint256 deadline)";
        var warnings = Check(ScopeBuilder.Typed(Type, List(Is("spender"), AtMost("value", cap)), Count("value")));
        Assert.Equal(isCap, warnings.Count == 0);
    }

    [Fact]
    public void A_permit_without_amount_allows_everything_unless_it_takes_back()
    {
        var all = Check(ScopeBuilder.Typed(Dai, List(Is("spender"), Flag("true")), Count("nonce")));
        Assert.Contains("everything there is, without limit", Assert.Single(all), StringComparison.Ordinal);
        Assert.Empty(Check(ScopeBuilder.Typed(Dai, List(Is("spender"), Flag("false")), Count("nonce"))));
    }

    [Fact]
    public void A_witness_that_nothing_constrains()
    {
        const string Type =
            "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,Terms witness)Terms(address maker,uint256 least)"
            + Tokens;
        string[] bounds = [Is("spender"), Is("permitted.token"), AtMost("permitted.amount", "100")];
        var open = Check(ScopeBuilder.Typed(Type, List(bounds), Count("permitted.amount")));
        Assert.Contains("nothing constrains the witness", Assert.Single(open), StringComparison.Ordinal);
        Assert.Empty(Check(ScopeBuilder.Typed(Type, List([.. bounds, Is("witness.maker")]), Count("permitted.amount"))));
    }

    [Theory]
    [InlineData("TransferWithAuthorization")]
    [InlineData("ReceiveWithAuthorization")]
    public void An_authorization_to_transfer_needs_a_recipient_and_a_cap(string name)
    {
        var type = name + "(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";
        var open = Check(ScopeBuilder.Typed(type, List(Is("from")), Count("value")));
        Assert.Equal(2, open.Count);
        Assert.Contains(open, warning => warning.Contains("\"to\" of", StringComparison.Ordinal));
        Assert.Contains(open, warning => warning.Contains("\"value\" has no cap", StringComparison.Ordinal));
        Assert.Empty(Check(ScopeBuilder.Typed(type, List(Is("to"), AtMost("value", "100")), Count("value"))));
    }

    [Theory]
    [InlineData("SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 nonce)", "to", "data")]
    [InlineData("ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,bytes data)", "to", "data")]
    public void A_message_that_carries_a_call(string type, string recipient, string data)
    {
        var open = Check(ScopeBuilder.Typed(type, List(Is(recipient)), Count("value")));
        Assert.Contains("carries calls", Assert.Single(open), StringComparison.Ordinal);
        var none = $$"""{"path":"{{data}}","op":"eq","value":"0x"}""";
        Assert.Empty(Check(ScopeBuilder.Typed(type, List(Is(recipient), none), Count("value"))));
    }

    [Fact]
    public void A_receiver_that_may_be_anyone()
    {
        const string Type = "Order(address maker,address receiver,uint256 size)";
        var open = Check(ScopeBuilder.Typed(Type, List(Is("maker")), Count("size")));
        Assert.Contains("\"receiver\" of Order may be anyone", Assert.Single(open), StringComparison.Ordinal);
        Assert.Empty(Check(ScopeBuilder.Typed(Type, List(Is("receiver")), Count("size"))));
    }

    [Fact]
    public void Structs_that_hold_each_other_many_times_over_take_no_time()
    {
        var types = string.Concat(Enumerable.Range(0, 12).Select(i => $"S{i:00}(S{i + 1:00} a,S{i + 1:00} b)")) + "S12(uint256 x)";
        Assert.Equal(2, Check(ScopeBuilder.Typed(types)).Count);
    }

    private static string Is(string path) => $$"""{"path":"{{path}}","op":"eq","value":"{{ScopeBuilder.Bob}}"}""";

    private static string Flag(string value) => $$"""{"path":"allowed","op":"eq","value":{{value}}}""";

    private static string AtMost(string path, string value) => $$"""{"path":"{{path}}","op":"lte","value":"{{value}}"}""";

    private static string Count(string path) => $$"""[{"budget":"usdc","path":"{{path}}"}]""";

    private static string List(params string[] constraints) => $"[{string.Join(',', constraints)}]";

    private static IReadOnlyList<string> Check(params JsonObject[] permissions) =>
        PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document([.. permissions.Select(one => one.DeepClone().AsObject())])));
}
