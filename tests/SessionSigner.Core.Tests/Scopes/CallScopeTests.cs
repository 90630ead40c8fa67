using System.Numerics;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

public class CallScopeTests
{
    internal const string Transfer = "transfer(address to, uint256 amount)";
    internal const string Capped =
        $$"""[{"path":"amount","op":"lte","value":"100"},{"path":"to","op":"in","values":["{{ScopeBuilder.Alice}}","{{ScopeBuilder.Bob}}"]}]""";
    internal const string MeterAmount = """[{"budget":"usdc","path":"amount"}]""";

    [Fact]
    public void Allows_what_a_permission_names_and_counts_it()
    {
        var debits = new DebitBuffer();
        var decision = ScopeBuilder.Compile(ScopeBuilder.Call(Transfer, Capped, MeterAmount)).Ask(Pay(ScopeBuilder.Alice, 100), debits);
        Assert.True(decision.IsAllowed);
        Assert.Equal("ceiling.permissions[0]", decision.AllowedBy);
        Assert.Equal((0, (UInt256)100), Assert.Single(debits.Items.ToArray()));
    }

    [Fact]
    public void Names_the_constraint_that_is_not_met()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call(Transfer, Capped, MeterAmount));
        Assert.Equal(
            new Denial(DenialReason.ConstraintUnmet, "ceiling.permissions[0].constraints[0]", "101", "amount <= 100"),
            scope.Refusal(Pay(ScopeBuilder.Alice, 101))
        );
        Assert.Equal(
            new Denial(
                DenialReason.ConstraintUnmet,
                "ceiling.permissions[0].constraints[1]",
                ScopeBuilder.Other,
                $"to one of {ScopeBuilder.Alice}, {ScopeBuilder.Bob}"
            ),
            scope.Refusal(Pay(ScopeBuilder.Other, 100))
        );
    }

    [Fact]
    public void Names_the_chain()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call(Transfer));
        Assert.Equal(
            new Denial(DenialReason.ChainNotAllowed, "ceiling.chains", "10", "1"),
            scope.Refusal((Builder(ScopeBuilder.Alice, 1) with { ChainId = 10 }).Build())
        );
        Assert.Equal(
            new Denial(DenialReason.ChainNotAllowed, "ceiling.chains", "no chain identifier", "1"),
            scope.Refusal((Builder(ScopeBuilder.Alice, 1) with { Type = 0, ChainId = null }).Build())
        );
        Assert.True(scope.Ask((Builder(ScopeBuilder.Alice, 1) with { Type = 0 }).Build()).IsAllowed);
    }

    [Fact]
    public void Chain_identifiers_are_compared_in_full()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call(Transfer));
        var transaction = Builder(ScopeBuilder.Alice, 1) with { ChainId = (BigInteger.One << 64) + 1 };
        Assert.Equal(DenialReason.ChainNotAllowed, scope.Refusal(transaction.Build()).Reason);
    }

    [Theory]
    [InlineData(1, 1, "ceiling.permissions[1]")]
    [InlineData(2, 1, "ceiling.permissions[1]")]
    [InlineData(1, 2, "ceiling.permissions[2]")]
    [InlineData(1, 3, "ceiling.permissions[0]")]
    [InlineData(2, 3, null)]
    public void Permissions_for_one_chain_and_for_all_are_asked_in_the_order_of_the_document(int chain, int x, string? allowedBy)
    {
        static JsonObject Equal(string name, int value) =>
            ScopeBuilder.Call("f(uint256 x)", $$"""[{"path":"x","op":"lte","value":"{{value}}"}]""", name: name);
        var one = ScopeBuilder.Call("f(uint256 x)", """[{"path":"x","op":"eq","value":"3"}]""", name: "one");
        one["chain"] = "1";
        var last = Equal("last", 2);
        last["chain"] = "1";
        var document = ScopeBuilder.Document(one, Equal("all", 1), last);
        document["chains"] = new JsonArray("1", "2");
        Assert.True(AbiFunction.TryParse("f(uint256 x)", out var function, out _));
        var payload = new TransactionBuilder
        {
            ChainId = chain,
            Data = "0x" + Convert.ToHexStringLower(function!.Selector4.Span) + TransactionBuilder.Word(x),
        }.Build();

        Assert.Equal(allowedBy, ScopeBuilder.CompileDocument(document).Ask(payload).AllowedBy);
    }

    [Fact]
    public void A_permission_for_one_chain_does_not_hold_on_another()
    {
        var permission = ScopeBuilder.Call(Transfer);
        permission["chain"] = "10";
        var document = ScopeBuilder.Document(permission);
        document["chains"] = new JsonArray("1", "10");
        var denial = ScopeBuilder.CompileDocument(document).Refusal(Pay(ScopeBuilder.Alice, 1));
        Assert.Equal((DenialReason.TargetNotAllowed, $"{ScopeBuilder.Token} on chain 1"), (denial.Reason, denial.Observed));
    }

    [Fact]
    public void Names_the_target()
    {
        var denial = ScopeBuilder
            .Compile(ScopeBuilder.Call(Transfer))
            .Refusal((Builder(ScopeBuilder.Alice, 1) with { To = ScopeBuilder.Other }).Build());
        Assert.Equal(
            new Denial(
                DenialReason.TargetNotAllowed,
                "ceiling.permissions",
                $"{ScopeBuilder.Other} on chain 1",
                $"transfer(address,uint256) at {ScopeBuilder.Token}"
            ),
            denial
        );
    }

    [Fact]
    public void Names_the_function()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call(Transfer));
        var approve = ScopeBuilder.CallData(
            "approve(address,uint256)",
            TransactionBuilder.Word(ScopeBuilder.Alice),
            TransactionBuilder.Word(1)
        );
        Assert.Equal(
            new Denial(DenialReason.FunctionNotAllowed, "ceiling.permissions", "selector 0x095ea7b3", "transfer(address,uint256)"),
            scope.Refusal(approve)
        );
        Assert.Equal("plain transfer", scope.Refusal(new TransactionBuilder().Build()).Observed);
        Assert.Equal("selector 0xa9059c", scope.Refusal(new TransactionBuilder { Data = "0xa9059c" }.Build()).Observed);
    }

    [Fact]
    public void Refuses_contract_creation_even_if_a_permission_names_the_zero_address()
    {
        var permission = ScopeBuilder.Call("");
        permission["targets"] = new JsonArray("0x0000000000000000000000000000000000000000");
        var scope = ScopeBuilder.Compile(permission);
        Assert.Equal(
            new Denial(DenialReason.ContractCreation, "ceiling.permissions", "contract creation", "calls to listed targets"),
            scope.Refusal(new TransactionBuilder { To = null, Data = "0x6000" }.Build())
        );
    }

    [Fact]
    public void Refuses_what_no_permission_can_name()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call(Transfer));
        var authorized = scope.Refusal((Builder(ScopeBuilder.Alice, 1) with { Type = 4, Authorizations = 1 }).Build());
        Assert.Equal((DenialReason.FeatureNotAllowed, "EIP-7702 authorisation list of 1"), (authorized.Reason, authorized.Observed));
        var blobs = scope.Refusal((Builder(ScopeBuilder.Alice, 1) with { Type = 3, Blobs = 2 }).Build());
        Assert.Equal((DenialReason.FeatureNotAllowed, "blob transaction with 2 blobs"), (blobs.Reason, blobs.Observed));
    }

    [Fact]
    public void An_access_list_must_be_allowed()
    {
        var refusing = ScopeBuilder.Compile(ScopeBuilder.Call(Transfer));
        var allowing = ScopeBuilder.Call(Transfer);
        allowing["allow_access_list"] = true;
        foreach (var type in new[] { 1, 2 })
        {
            var transaction = (Builder(ScopeBuilder.Alice, 1) with { Type = type, AccessListEntries = 3 }).Build();
            Assert.Equal(
                new Denial(
                    DenialReason.FeatureNotAllowed,
                    "ceiling.permissions[0].allow_access_list",
                    "3 access list entries",
                    "no access list"
                ),
                refusing.Refusal(transaction)
            );
            Assert.True(ScopeBuilder.Compile(allowing.DeepClone().AsObject()).Ask(transaction).IsAllowed);
        }
    }

    [Theory]
    [InlineData("max_gas", 100_000, "100000")]
    [InlineData("max_fee_per_gas", 1_000, "1000")]
    [InlineData("max_priority_fee_per_gas", 10, "10")]
    public void Names_the_fee_cap(string member, int observed, string text)
    {
        Assert.Equal(
            new Denial(DenialReason.FeeExceeded, "ceiling.permissions[0]." + member, text, $"{observed - 1}"),
            WithCap(member, observed - 1).Refusal(Pay(ScopeBuilder.Alice, 1))
        );
        Assert.True(WithCap(member, observed).Ask(Pay(ScopeBuilder.Alice, 1)).IsAllowed);
    }

    [Theory]
    [InlineData("max_fee_per_gas")]
    [InlineData("max_priority_fee_per_gas")]
    public void The_one_price_of_older_transactions_counts_as_both_fees(string member)
    {
        foreach (var type in new[] { 0, 1 })
        {
            var transaction = (Builder(ScopeBuilder.Alice, 1) with { Type = type }).Build();
            Assert.Equal(DenialReason.FeeExceeded, WithCap(member, 999).Refusal(transaction).Reason);
            Assert.True(WithCap(member, 1_000).Ask(transaction).IsAllowed);
        }
    }

    [Fact]
    public void Native_value_is_zero_unless_stated()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call(Transfer));
        Assert.Equal(
            new Denial(DenialReason.NativeValueExceeded, "ceiling.permissions[0].max_native_value", "1", "0"),
            scope.Refusal((Builder(ScopeBuilder.Alice, 1) with { Value = 1 }).Build())
        );
    }

    [Fact]
    public void A_plain_transfer_is_capped_and_counted()
    {
        var permission = ScopeBuilder.Call("", meters: """[{"budget":"eth","native_value":true}]""");
        permission["max_native_value"] = "5";
        var scope = ScopeBuilder.Compile(permission);
        var debits = new DebitBuffer();
        Assert.True(scope.Ask(new TransactionBuilder { Value = 5 }.Build(), debits).IsAllowed);
        Assert.Equal((1, (UInt256)5), Assert.Single(debits.Items.ToArray()));
        Assert.Equal("6", scope.Refusal(new TransactionBuilder { Value = 6 }.Build()).Observed);
        Assert.Equal(DenialReason.FunctionNotAllowed, scope.Refusal(new TransactionBuilder { Value = 5, Data = "0x00" }.Build()).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public void Calldata_of_another_length_is_undecodable(string extra)
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call(Transfer, Capped));
        var words =
            extra.Length == 0
                ? TransactionBuilder.Word(1)
                : TransactionBuilder.Word(ScopeBuilder.Alice) + TransactionBuilder.Word(1) + extra;
        var denial = scope.Refusal(ScopeBuilder.CallData(Transfer, words));
        Assert.Equal(
            (DenialReason.Undecodable, "ceiling.permissions[0].function", "transfer(address,uint256)"),
            (denial.Reason, denial.Rule, denial.Limit)
        );
    }

    [Fact]
    public void Dirty_bits_are_undecodable()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call(Transfer, Capped));
        var dirty = "1" + TransactionBuilder.Word(ScopeBuilder.Alice)[1..];
        Assert.Equal(DenialReason.Undecodable, scope.Refusal(ScopeBuilder.CallData(Transfer, dirty, TransactionBuilder.Word(1))).Reason);
    }

    [Fact]
    public void The_window_is_half_open()
    {
        var document = ScopeBuilder.Document(ScopeBuilder.Call(Transfer));
        document["not_before"] = 100;
        document["not_after"] = 200;
        var scope = ScopeBuilder.CompileDocument(document, "narrowing");
        var payload = Pay(ScopeBuilder.Alice, 1);
        var debits = new DebitBuffer();
        var early = scope.Evaluate(payload, 99, debits).Denial;
        Assert.Equal(new Denial(DenialReason.OutsideWindow, "narrowing.not_before", "99", "from 100") { RetryAfterMs = 1_000 }, early);
        Assert.True(scope.Evaluate(payload, 100, debits).IsAllowed);
        Assert.True(scope.Evaluate(payload, 199, debits).IsAllowed);
        Assert.Equal(
            new Denial(DenialReason.OutsideWindow, "narrowing.not_after", "200", "before 200"),
            scope.Evaluate(payload, 200, debits).Denial
        );
    }

    [Fact]
    public void An_amount_that_overflows_the_sum_is_refused()
    {
        var scope = ScopeBuilder.Compile(
            ScopeBuilder.Call("pay(uint256 a, uint256 b)", meters: """[{"budget":"usdc","path":"a"},{"budget":"usdc","path":"b"}]""")
        );
        var most = (BigInteger.One << 256) - 1;
        var debits = new DebitBuffer();
        Assert.True(
            scope
                .Ask(ScopeBuilder.CallData("pay(uint256,uint256)", TransactionBuilder.Word(most), TransactionBuilder.Word(0)), debits)
                .IsAllowed
        );
        Assert.Equal((0, UInt256.MaxValue), Assert.Single(debits.Items.ToArray()));
        Assert.Equal(
            new Denial(DenialReason.BudgetExceeded, "ceiling.budgets[usdc]", "more than 2^256-1", "1000"),
            scope.Refusal(ScopeBuilder.CallData("pay(uint256,uint256)", TransactionBuilder.Word(most), TransactionBuilder.Word(1)))
        );
    }

    private static CompiledScope WithCap(string member, int cap)
    {
        var permission = ScopeBuilder.Call(Transfer);
        permission[member] = $"{cap}";
        return ScopeBuilder.Compile(permission);
    }

    private static TransactionPayload Pay(string to, int amount) => Builder(to, amount).Build();

    private static TransactionBuilder Builder(string to, int amount) =>
        new() { Data = "0xa9059cbb" + TransactionBuilder.Word(to) + TransactionBuilder.Word(amount) };
}
