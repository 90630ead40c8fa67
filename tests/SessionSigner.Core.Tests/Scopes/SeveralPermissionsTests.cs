using System.Numerics;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Permissions for the same calls: which of them decide, and what is counted.</summary>
public class SeveralPermissionsTests
{
    private const string Transfer = CallScopeTests.Transfer;
    private const string Capped = CallScopeTests.Capped;
    private const string MeterAmount = CallScopeTests.MeterAmount;

    [Fact]
    public void Of_several_permissions_one_that_allows_is_enough_and_all_that_allow_count()
    {
        var scope = ScopeBuilder.Compile(
            ScopeBuilder.Call(Transfer, """[{"path":"amount","op":"lte","value":"10"}]""", MeterAmount, "small"),
            ScopeBuilder.Call(Transfer, """[{"path":"amount","op":"lte","value":"100"}]""", "[]", "large")
        );
        Assert.Equal("ceiling.permissions[0]", scope.Ask(Pay(ScopeBuilder.Alice, 10)).AllowedBy);
        var debits = new DebitBuffer();
        Assert.Equal("ceiling.permissions[1]", scope.Ask(Pay(ScopeBuilder.Alice, 11), debits).AllowedBy);
        Assert.Equal(0, debits.Count);
    }

    [Fact]
    public void A_permission_that_counts_less_is_no_way_around_a_budget()
    {
        const string Twice = """[{"budget":"eth","path":"amount"},{"budget":"usdc","path":"amount"},{"budget":"usdc","path":"amount"}]""";
        string[] meters = ["[]", MeterAmount, Twice];
        foreach (var order in new int[][] { [0, 1, 2], [1, 0, 2], [2, 1, 0], [0, 2, 1] })
        {
            var scope = ScopeBuilder.Compile([.. order.Select(i => ScopeBuilder.Call(Transfer, "[]", meters[i], $"p{i}"))]);
            var debits = new DebitBuffer();
            Assert.True(scope.Ask(Pay(ScopeBuilder.Alice, 10), debits).IsAllowed);
            Assert.Equal([(0, (UInt256)20), (1, (UInt256)10)], debits.Items.ToArray().OrderBy(debit => debit.Budget));
        }
    }

    /// <summary>What a permission would allow but cannot count is not let through by one that counts less, wherever it stands.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void What_cannot_be_counted_is_refused_whatever_else_allows_it(int place)
    {
        const string Function = "pay(uint256 a, uint256[] b)";
        var counted = ScopeBuilder.Call(Function, "[]", """[{"budget":"usdc","path":"a"},{"budget":"usdc","path":"b[1]"}]""", "counted");
        List<JsonObject> permissions = [ScopeBuilder.Call(Function, name: "free"), ScopeBuilder.Call(Function, name: "free-too")];
        permissions.Insert(place, counted);
        var scope = ScopeBuilder.Compile([.. permissions]);
        var rule = ("ceiling.budgets[usdc]", DenialReason.BudgetExceeded);
        // An element that is not there; a sum that no number holds.
        foreach (var payload in new[] { Pay(1, 2), Pay((BigInteger.One << 256) - 1, 1, 1) })
        {
            var denial = scope.Refusal(payload);
            Assert.Equal(rule, (denial.Rule, denial.Reason));
            var trace = TracePropertyTests.Explain(scope, payload).Trace.Steps;
            Assert.Contains(trace, step => step.Unmet?.Rule == rule.Item1);
            Assert.DoesNotContain(trace, step => step.Unmet is null);
        }
        var debits = new DebitBuffer();
        Assert.True(scope.Ask(Pay(3, 1, 4), debits).IsAllowed);
        Assert.Equal((0, (UInt256)7), Assert.Single(debits.Items.ToArray()));

        static TransactionPayload Pay(BigInteger a, params BigInteger[] b) =>
            ScopeBuilder.CallData(
                "pay(uint256,uint256[])",
                [
                    TransactionBuilder.Word(a),
                    TransactionBuilder.Word(64),
                    TransactionBuilder.Word(b.Length),
                    .. b.Select(TransactionBuilder.Word),
                ]
            );
    }

    [Fact]
    public void An_amount_that_cannot_be_counted_beside_earlier_calls_refuses_the_container()
    {
        var scope = ScopeBuilder.Compile(
            Containers.Unwrap("multicall(bytes[] calls)", "multicall"),
            ScopeBuilder.Call(Transfer, "[]", MeterAmount, "counted"),
            ScopeBuilder.Call(Transfer, name: "free")
        );
        var most = (BigInteger.One << 256) - 1;
        var payload = Containers.Multicall([
            .. new[] { 1, most }.Select(amount =>
                "0xa9059cbb" + TransactionBuilder.Word(ScopeBuilder.Alice) + TransactionBuilder.Word(amount)
            ),
        ]);
        Assert.Equal("ceiling.budgets[usdc]", scope.Refusal(payload).Rule);
    }

    [Fact]
    public void Two_functions_with_one_selector_are_a_fault()
    {
        // Both have the selector 0xa9059cbb.
        Assert.Equal(
            [
                "ceiling.permissions[1].function: Has the selector of transfer(address,uint256) in ceiling.permissions[0], which names the same contract: the calls would be read in two ways.",
            ],
            ScopeBuilder.Faults(Transfers(), Other())
        );
        var onOneChain = Other();
        onOneChain["chain"] = "1";
        Assert.Single(ScopeBuilder.Faults(Transfers(), onOneChain));
        var elsewhere = Other();
        elsewhere["targets"] = new JsonArray(ScopeBuilder.Other);
        ScopeBuilder.Compile(Transfers(), elsewhere);

        static JsonObject Transfers() => ScopeBuilder.Call(Transfer, Capped, MeterAmount);
        static JsonObject Other() => ScopeBuilder.Call("many_msg_babbage(bytes1 x)", name: "other");
    }

    [Fact]
    public void Of_several_refusals_the_one_that_came_furthest_is_reported()
    {
        var nearly = ScopeBuilder.Call(Transfer, Capped, name: "nearly");
        var capped = ScopeBuilder.Call(Transfer, name: "capped");
        capped["max_gas"] = "1";
        var denial = ScopeBuilder.Compile(capped, nearly).Refusal(Pay(ScopeBuilder.Other, 1));
        Assert.Equal("ceiling.permissions[1].constraints[1]", denial.Rule);
    }

    private static TransactionPayload Pay(string to, int amount) =>
        ScopeBuilder.CallData("transfer(address,uint256)", TransactionBuilder.Word(to), TransactionBuilder.Word(amount));
}
