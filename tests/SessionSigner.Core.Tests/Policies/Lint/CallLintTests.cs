using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

/// <summary>Every way around a cap that lint knows in a call: it says so, and has nothing to say of the same function where it is bounded.</summary>
public class CallLintTests
{
    private const string Signature = "uint256 deadline, uint8 v, bytes32 r, bytes32 s";
    private const string Details = "(address token, uint160 amount, uint48 expiration, uint48 nonce)";

    // Function, where the other party is, where the amount is, and what else has to be bounded, as path:value.
    public static TheoryData<string, string, string, string> Moves() =>
        new()
        {
            { "approve(address spender, uint256 amount)", "spender", "amount", "" },
            { "increaseAllowance(address spender, uint256 added)", "spender", "added", "" },
            { "increaseApproval(address spender, uint256 added)", "spender", "added", "" },
            { "approveAndCall(address spender, uint256 amount, bytes data)", "spender", "amount", "" },
            { $"permit(address owner, address spender, uint256 value, {Signature})", "spender", "value", "" },
            { "transfer(address to, uint256 amount)", "to", "amount", "" },
            { "transferAndCall(address to, uint256 amount, bytes data)", "to", "amount", "" },
            { "send(address to, uint256 amount, bytes data)", "to", "amount", "" },
            { "transferFrom(address from, address to, uint256 amount)", "to", "amount", "" },
            { "safeTransferFrom(address from, address to, uint256 id)", "to", "id", "" },
            { "safeTransferFrom(address from, address to, uint256 id, bytes data)", "to", "id", "" },
            { "safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes data)", "to", "amount", "" },
            { "safeBatchTransferFrom(address from, address to, uint256[] ids, uint256[] amounts, bytes data)", "to", "amounts[*]", "" },
            {
                "transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s)",
                "to",
                "value",
                ""
            },
            // Permit2.
            { "approve(address token, address spender, uint160 amount, uint48 expiration)", "spender", "amount", "token expiration" },
            {
                $"permit(address owner, ({Details} details, address spender, uint256 sigDeadline) single, bytes signature)",
                "single.spender",
                "single.details.amount",
                "single.details.token single.details.expiration"
            },
            {
                $"permit(address owner, ({Details}[] details, address spender, uint256 sigDeadline) batch, bytes signature)",
                "batch.spender",
                "batch.details[*].amount",
                "batch.details[*].token batch.details[*].expiration"
            },
            { "transferFrom(address from, address to, uint160 amount, address token)", "to", "amount", "token" },
            {
                "transferFrom((address from, address to, uint160 amount, address token)[] all)",
                "all[*].to",
                "all[*].amount",
                "all[*].token"
            },
            {
                "permitTransferFrom(((address token, uint256 amount) permitted, uint256 nonce, uint256 deadline) permit, (address to, uint256 requestedAmount) details, address owner, bytes signature)",
                "details.to",
                "details.requestedAmount",
                "permit.permitted.token"
            },
            {
                "permitWitnessTransferFrom(((address token, uint256 amount)[] permitted, uint256 nonce, uint256 deadline) permit, (address to, uint256 requestedAmount)[] details, address owner, bytes32 witness, string witnessType, bytes signature)",
                "details[*].to",
                "details[*].requestedAmount",
                "permit.permitted[*].token"
            },
        };

    [Theory]
    [MemberData(nameof(Moves))]
    public void What_moves_value_needs_a_party_a_cap_and_a_budget(string function, string party, string amount, string others)
    {
        var open = Check(ScopeBuilder.Call(function));
        Assert.Contains(open, warning => warning.Contains($"\"{party}\" may be anyone", StringComparison.Ordinal));
        Assert.Contains(open, warning => warning.Contains($"\"{amount}\" has no cap", StringComparison.Ordinal));
        Assert.Contains(open, warning => warning.Contains($"no budget counts \"{amount}\"", StringComparison.Ordinal));
        var more = others.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(more, path => Assert.Contains(open, warning => warning.Contains($"constrain \"{path}\"", StringComparison.Ordinal)));
        Assert.Equal(3 + more.Length, open.Count);

        var bounds = more.Select(path => path.EndsWith("expiration", StringComparison.Ordinal) ? AtMost(path, "1900000000") : Is(path));
        Assert.Empty(Check(Bounded(function, amount, [Is(party), AtMost(amount, "100"), .. bounds])));
    }

    [Theory]
    [InlineData("setApprovalForAll(address operator, bool approved)", "operator", "approved", "false", "true")]
    [InlineData(
        "permit(address holder, address spender, uint256 nonce, uint256 expiry, bool allowed, uint8 v, bytes32 r, bytes32 s)",
        "spender",
        "allowed",
        "false",
        "true"
    )]
    [InlineData("permit(address spender, uint256 tokenId, uint256 deadline, bytes signature)", "spender", "tokenId", "\"7\"", null)]
    [InlineData(
        "permit(address spender, uint256 tokenId, uint256 deadline, uint8 v, bytes32 r, bytes32 s)",
        "spender",
        "tokenId",
        "\"7\"",
        null
    )]
    public void What_has_no_amount_is_bounded_only_where_it_takes_back_or_names_the_token(
        string function,
        string party,
        string choice,
        string bound,
        string? unbound
    )
    {
        Assert.Equal(2, Check(ScopeBuilder.Call(function)).Count);
        Assert.Empty(Check(ScopeBuilder.Call(function, List(Is(party), Equal(choice, bound)))));
        if (unbound is not null)
        {
            var warning = Assert.Single(Check(ScopeBuilder.Call(function, List(Is(party), Equal(choice, unbound)))));
            Assert.Contains("without limit", warning, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("lte", "340282366920938463463374607431768211455")]
    [InlineData("lte", "170141183460469231731687303715884105728")]
    [InlineData("eq", "115792089237316195423570985008687907853269984665640564039457584007913129639935")]
    [InlineData("in", "115792089237316195423570985008687907853269984665640564039457584007913129639935")]
    public void A_bound_that_any_amount_meets_is_no_cap(string op, string value)
    {
        var operand = op == "in" ? $"\"values\":[\"1\",\"{value}\"]" : $"\"value\":\"{value}\"";
        var bound = $$"""{"path":"amount","op":"{{op}}",{{operand}}}""";
        var warnings = Check(Bounded("approve(address spender, uint256 amount)", "amount", [Is("spender"), bound]));
        Assert.Contains("\"amount\" has no cap", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void An_expiry_of_never_is_none()
    {
        const string Function = "approve(address token, address spender, uint160 amount, uint48 expiration)";
        string[] rest = [Is("token"), Is("spender"), AtMost("amount", "100")];
        var never = Check(Bounded(Function, "amount", [.. rest, AtMost("expiration", "281474976710655")]));
        Assert.Contains("for ever; constrain \"expiration\"", Assert.Single(never), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bound_is_seen_however_its_path_is_written()
    {
        const string Function = "transfer(address to, uint256 amount)";
        Assert.Empty(Check(Bounded(Function, "[1]", [Is("[0]"), AtMost("[1]", "100")])));
        // One element is bounded, the others are not.
        const string Batch = "safeBatchTransferFrom(address from, address to, uint256[] ids, uint256[] amounts, bytes data)";
        var warnings = Check(Bounded(Batch, "amounts[*]", [Is("to"), AtMost("amounts[0]", "100")]));
        Assert.Contains("\"amounts[*]\" has no cap", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_choice_bounds_what_each_of_its_alternatives_bounds()
    {
        const string Function = "transfer(address to, uint256 amount)";
        static string Choice(params string[] alternatives) =>
            $$"""{"any_of":[{{string.Join(',', alternatives.Select(one => $"[{one}]"))}}]}""";
        var small = Is("to") + "," + AtMost("amount", "10");
        Assert.Empty(Check(Bounded(Function, "amount", [Choice(small, Is("to") + "," + AtMost("amount", "5"))])));
        var open = Check(Bounded(Function, "amount", [Choice(small, Is("to"))]));
        Assert.Contains("\"amount\" has no cap", Assert.Single(open), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multicall(bytes[] calls)")]
    [InlineData("multicall(bytes32 previousBlockhash, bytes[] calls)")]
    [InlineData("execute(bytes commands, bytes[] inputs, uint256 deadline)")]
    [InlineData("execTransactionFromModule(address to, uint256 value, bytes data, uint8 operation)")]
    [InlineData("aggregate3((address target, bool allowFailure, bytes callData)[] calls)")]
    [InlineData("tryBlockAndAggregate(bool requireSuccess, (address target, bytes callData)[] calls)")]
    [InlineData("redeemDelegations(bytes[] contexts, bytes32[] modes, bytes[] calls)")]
    [InlineData("forward(address target, bytes data)")]
    [InlineData("functionCall(address target, bytes data)")]
    public void Containers_that_are_not_looked_into(string function) =>
        Assert.Contains("carries other calls", Assert.Single(Check(ScopeBuilder.Call(function))), StringComparison.Ordinal);

    [Theory]
    [InlineData("executeOrder(uint256 id)")]
    [InlineData("batchSettle(uint256[] ids)")]
    [InlineData("swap(uint256 amount, bytes data)")]
    public void Functions_that_are_only_called_like_containers(string function) => Assert.Empty(Check(ScopeBuilder.Call(function)));

    [Fact]
    public void A_container_that_is_looked_into()
    {
        var multicall = ScopeBuilder.Call("multicall(bytes[] calls)");
        multicall["unwrap"] = "multicall";
        Assert.Empty(Check(multicall));
    }

    [Theory]
    [InlineData("upgradeTo(address implementation)")]
    [InlineData("upgradeToAndCall(address implementation, bytes data)")]
    [InlineData("changeAdmin(address admin)")]
    [InlineData("transferOwnership(address owner)")]
    [InlineData("setImplementation(address implementation)")]
    [InlineData("diamondCut((address facet, uint8 action, bytes4[] selectors)[] cuts, address init, bytes data)")]
    [InlineData("grantRole(bytes32 role, address account)")]
    [InlineData("setOwner(address owner)")]
    [InlineData("addOwnerWithThreshold(address owner, uint256 threshold)")]
    [InlineData("enableModule(address module)")]
    [InlineData("installModule(uint256 kind, address module, bytes data)")]
    [InlineData("setFallbackHandler(address handler)")]
    [InlineData("swapOwner(address before, address old, address next)")]
    public void Functions_that_hand_over_control(string function) =>
        Assert.Contains("hands over control", Assert.Single(Check(ScopeBuilder.Call(function))), StringComparison.Ordinal);

    [Theory]
    [InlineData("renounceOwnership()")]
    [InlineData("revokeRole(bytes32 role, address account)")]
    public void Functions_that_give_control_up(string function) => Assert.Empty(Check(ScopeBuilder.Call(function)));

    [Theory]
    [InlineData("withdraw(uint256 assets, address receiver, address owner)", "receiver")]
    [InlineData(
        "exactInputSingle((address tokenIn, address tokenOut, uint24 fee, address recipient, uint256 amountIn, uint256 amountOutMinimum, uint160 sqrtPriceLimitX96) params)",
        "params.recipient"
    )]
    [InlineData("settle((address to, uint256 share)[] parts)", "parts[*].to")]
    public void A_recipient_that_may_be_anyone(string function, string recipient)
    {
        Assert.Contains($"\"{recipient}\" of", Assert.Single(Check(ScopeBuilder.Call(function))), StringComparison.Ordinal);
        Assert.Empty(Check(ScopeBuilder.Call(function, List(Is(recipient)))));
        // For any element says nothing of the others.
        if (recipient.Contains("[*]", StringComparison.Ordinal))
        {
            var any = Is(recipient).Replace("\"op\"", "\"quantifier\":\"any\",\"op\"", StringComparison.Ordinal);
            Assert.Single(Check(ScopeBuilder.Call(function, List(any))));
        }
    }

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

    private static JsonObject Bounded(string function, string amount, string[] constraints) =>
        ScopeBuilder.Call(function, List(constraints), $$"""[{"budget":"usdc","path":"{{amount}}"}]""");

    private static string Is(string path) => Equal(path, $"\"{ScopeBuilder.Bob}\"");

    private static string Equal(string path, string value) => $$"""{"path":"{{path}}","op":"eq","value":{{value}}}""";

    private static string AtMost(string path, string value) => $$"""{"path":"{{path}}","op":"lte","value":"{{value}}"}""";

    private static string List(params string[] constraints) => $"[{string.Join(',', constraints)}]";

    private static IReadOnlyList<string> Check(params JsonObject[] permissions) =>
        PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document([.. permissions.Select(one => one.DeepClone().AsObject())])));
}
