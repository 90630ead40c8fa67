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
            {
                "receiveWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, bytes signature)",
                "to",
                "value",
                ""
            },
            { "safeIncreaseAllowance(address spender, uint256 added)", "spender", "added", "" },
            { "transferShares(address to, uint256 shares)", "to", "shares", "" },
            { "transferSharesFrom(address from, address to, uint256 shares)", "to", "shares", "" },
            { "approve(address spender, uint256 id, uint256 amount)", "spender", "amount", "" },
            { "transfer(address to, uint256 id, uint256 amount)", "to", "amount", "" },
            { "transferFrom(address from, address to, uint256 id, uint256 amount)", "to", "amount", "" },
            { "mint(address to, uint256 amount)", "to", "amount", "" },
            // Wrappers, vaults, lenders, routers, bridges.
            { "deposit(uint256 assets, address receiver)", "receiver", "assets", "" },
            { "mint(uint256 shares, address receiver)", "receiver", "shares", "" },
            { "withdraw(uint256 assets, address receiver, address owner)", "receiver", "assets", "" },
            { "redeem(uint256 shares, address receiver, address owner)", "receiver", "shares", "" },
            { "withdrawTo(address to, uint256 amount)", "to", "amount", "" },
            { "withdraw(address asset, uint256 amount, address to)", "to", "amount", "asset" },
            { "approveDelegation(address delegatee, uint256 amount)", "delegatee", "amount", "" },
            { "approve(address token, address spender, uint256 amount)", "spender", "amount", "token" },
            { "transferERC20(address token, address to, uint256 amount)", "to", "amount", "token" },
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
    [InlineData("withdraw(uint256 wad)", "wad")]
    [InlineData("redeem(uint256 shares)", "shares")]
    [InlineData("mint(uint256 amount)", "amount")]
    [InlineData("burn(uint256 amount)", "amount")]
    [InlineData("burn(address from, uint256 amount)", "amount")]
    [InlineData("burnFrom(address from, uint256 amount)", "amount")]
    public void What_moves_value_to_nobody_needs_a_cap_and_a_budget(string function, string amount)
    {
        var open = Check(ScopeBuilder.Call(function));
        Assert.Equal(2, open.Count);
        Assert.Contains(open, warning => warning.Contains($"\"{amount}\" has no cap", StringComparison.Ordinal));
        Assert.Contains(open, warning => warning.Contains($"no budget counts \"{amount}\"", StringComparison.Ordinal));
        Assert.Empty(Check(Bounded(function, amount, [AtMost(amount, "100")])));
    }

    [Fact]
    public void A_sweep_is_bounded_by_its_token_and_its_recipient()
    {
        const string Sweep = "sweepToken(address token, uint256 least, address who)";
        Assert.Equal(3, Check(ScopeBuilder.Call(Sweep)).Count);
        Assert.Empty(Check(ScopeBuilder.Call(Sweep, List(Is("token"), Is("who")))));
    }

    [Fact]
    public void An_address_of_another_chain_may_be_anyone_too()
    {
        const string Burn = "depositForBurn(uint256 amount, uint32 domain, bytes32 to, address token)";
        string[] others = [AtMost("amount", "100"), Is("token")];
        Assert.Contains("\"to\" may be anyone", Assert.Single(Check(Bounded(Burn, "amount", others))), StringComparison.Ordinal);
        Assert.Empty(Check(Bounded(Burn, "amount", [.. others, Equal("to", $"\"0x{new string('1', 64)}\"")])));
    }

    [Theory]
    [InlineData("setOperator(address operator, bool approved)", "operator", "approved", "false", "true")]
    [InlineData("setAuthorization(address operator, bool approved)", "operator", "approved", "false", "true")]
    [InlineData("allow(address operator, bool approved)", "operator", "approved", "false", "true")]
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
    [InlineData("multiCall(bytes[] calls)")]
    [InlineData("call(address target, bytes data)")]
    [InlineData("callContract(address target, bytes data)")]
    [InlineData("proxy(address target, bytes data)")]
    [InlineData("cook(uint8[] actions, uint256[] values, bytes[] datas)")]
    [InlineData("schedule(address target, uint256 value, bytes data, bytes32 before, bytes32 salt, uint256 delay)")]
    [InlineData("submitTransaction(address destination, uint256 value, bytes data)")]
    [InlineData("go(address[] targets, bytes data)")]
    [InlineData("go((uint256 value, address target, bytes data)[] all)")]
    public void Functions_with_the_form_of_containers(string function) =>
        Assert.Contains(
            "other calls, which nothing here looks into",
            Assert.Single(Check(ScopeBuilder.Call(function))),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_container_that_may_carry_nothing()
    {
        const string Container = "go(address target, bytes data)";
        Assert.Contains("may carry", Assert.Single(Check(ScopeBuilder.Call(Container, List(Is("target"))))), StringComparison.Ordinal);
        // Calldata that is listed is not looked into either.
        Assert.Single(Check(ScopeBuilder.Call(Container, List(Is("target"), Equal("data", "\"0xa9059cbb\"")))));
        Assert.Empty(Check(ScopeBuilder.Call(Container, List(Is("target"), Equal("data", "\"0x\"")))));
    }

    [Theory]
    [InlineData("executeOrder(uint256 id)", "id")]
    [InlineData("batchSettle(uint256[] id)", "id[*]")]
    [InlineData("swap(uint256 id, bytes data)", "id")]
    [InlineData("fill((uint256 id, bytes data) order, address maker)", "order.id")]
    public void Functions_that_are_only_called_like_containers(string function, string argument)
    {
        var maker = function.Contains("maker", StringComparison.Ordinal) ? "," + Is("maker") : "";
        Assert.Empty(Check(ScopeBuilder.Call(function, List(AtMost(argument, "1") + maker))));
    }

    [Theory]
    [InlineData("settle(uint256 id)", "id")]
    [InlineData("settle((uint256 id, bytes data) order)", "order.id")]
    public void Functions_of_which_nothing_is_constrained(string function, string argument)
    {
        Assert.Equal(
            "ceiling.permissions[0].constraints: Nothing is constrained: every call of settle is signed.",
            Assert.Single(Check(ScopeBuilder.Call(function)))
        );
        Assert.Empty(Check(ScopeBuilder.Call(function, List(AtMost(argument, "1")))));
        Assert.Empty(Check(ScopeBuilder.Call("settle()")));
        // A bound that nothing fails is none.
        foreach (var loose in (string[])["\"op\":\"gte\",\"value\":\"0\"", "\"op\":\"ne\",\"value\":\"7\""])
        {
            Assert.EndsWith(
                "nearly every call of settle is signed.",
                Assert.Single(Check(ScopeBuilder.Call(function, $$"""[{"path":"{{argument}}",{{loose}}}]"""))),
                StringComparison.Ordinal
            );
        }
    }

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
    [InlineData("proposeUpgrade(address next)")]
    [InlineData("upgradeProxy(address proxy, address next)")]
    [InlineData("changeImplementation(address next)")]
    [InlineData("_setPendingImplementation(address next)")]
    [InlineData("setProxyAdmin(address next)")]
    [InlineData("set_implementation(address next)")]
    [InlineData("replaceMasterCopy(address next)")]
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
    [InlineData("renounceOwnership()", false)]
    [InlineData("revokeRole(bytes32 role, address account)", true)]
    public void Functions_that_give_control_up(string function, bool hasAccount) =>
        Assert.Empty(Check(ScopeBuilder.Call(function, hasAccount ? List(Is("account")) : "[]")));

    [Theory]
    [InlineData("claim(uint256 id, address receiver)", "receiver")]
    [InlineData("claim(uint256 id, address)", "[1]")]
    [InlineData("claim(uint256 id, address pool)", "pool")]
    [InlineData("claim(uint256 id, address[] who)", "who[*]")]
    [InlineData(
        "exactInputSingle((address tokenIn, address tokenOut, uint24 fee, address recipient, uint256 amountIn, uint256 amountOutMinimum, uint160 sqrtPriceLimitX96) params)",
        "params.recipient"
    )]
    [InlineData("settle((address to, uint256 share)[] parts)", "parts[*].to")]
    public void A_recipient_that_may_be_anyone(string function, string recipient)
    {
        var rest = function switch
        {
            _ when function.StartsWith("claim", StringComparison.Ordinal) => AtMost("id", "1"),
            _ when function.StartsWith("settle", StringComparison.Ordinal) => AtMost("parts[*].share", "1"),
            _ => Is("params.tokenIn") + "," + Is("params.tokenOut"),
        };
        Assert.Contains($"\"{recipient}\" of", Assert.Single(Check(ScopeBuilder.Call(function, List(rest)))), StringComparison.Ordinal);
        Assert.Empty(Check(ScopeBuilder.Call(function, List(rest, Is(recipient)))));
        // For any element says nothing of the others.
        if (recipient.Contains("[*]", StringComparison.Ordinal))
        {
            var any = Is(recipient).Replace("\"op\"", "\"quantifier\":\"any\",\"op\"", StringComparison.Ordinal);
            Assert.Single(Check(ScopeBuilder.Call(function, List(any))));
        }
    }

    [Theory]
    [InlineData("mintRecipient", true)]
    [InlineData("TO", true)]
    [InlineData("finalDestination", true)]
    [InlineData("salt", false)]
    public void A_recipient_of_another_chain_is_found_by_its_name(string name, bool isOne)
    {
        var function = $"bridge(uint256 id, bytes32 {name})";
        var warnings = Check(ScopeBuilder.Call(function, List(AtMost("id", "1"))));
        Assert.Equal(isOne, warnings.Any(warning => warning.Contains($"\"{name}\" of bridge may be anyone", StringComparison.Ordinal)));
        Assert.Equal(isOne ? 1 : 0, warnings.Count);
    }

    [Fact]
    public void Recipients_are_one_warning_however_many()
    {
        var function = $"pay(uint256 id, {string.Join(", ", Enumerable.Range(0, 10).Select(i => $"address a{i}"))})";
        var warning = Assert.Single(Check(ScopeBuilder.Call(function, List(AtMost("id", "1")))));
        Assert.Contains("\"a0\", ", warning, StringComparison.Ordinal);
        Assert.Contains("\"a7\" and others of pay may be anyone", warning, StringComparison.Ordinal);
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
