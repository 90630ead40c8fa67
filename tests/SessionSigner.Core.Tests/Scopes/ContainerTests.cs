using System.Numerics;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Calls that carry other calls; each kind and each refusal is a vector in proto/spec/vectors/scope-containers.json.</summary>
public class ContainerTests
{
    private const string Batch = "executeBatch((address target, uint256 value, bytes data)[] calls)";
    private const string CapTen = """[{"path":"x","op":"lte","value":"10"}]""";
    private const string CountX = """[{"budget":"usdc","path":"x"}]""";

    [Fact]
    public void A_permission_without_unwrap_is_not_looked_into()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call("multicall(bytes[] data)"));
        Assert.True(scope.Ask(Containers.Multicall("0x095ea7b3")).IsAllowed);
    }

    [Fact]
    public void Permissions_for_the_same_calls_agree_on_unwrap()
    {
        var faults = ScopeBuilder.Faults(
            ScopeBuilder.Call("f()", name: "f"),
            Containers.Unwrap("multicall(bytes[] data)", "multicall"),
            ScopeBuilder.Call("multicall(bytes[] calls)", name: "opaque")
        );
        Assert.Equal(
            "ceiling.permissions[2].unwrap: Must be the same as in ceiling.permissions[1], which names the same calls.",
            Assert.Single(faults)
        );
    }

    [Fact]
    public void Permissions_for_one_chain_and_for_all_agree_on_unwrap()
    {
        var opaque = ScopeBuilder.Call("multicall(bytes[] calls)", name: "opaque");
        opaque["chain"] = "1";
        Assert.Single(ScopeBuilder.Faults(Containers.Unwrap("multicall(bytes[] data)", "multicall"), opaque));
    }

    [Theory]
    [InlineData("multicall", "execute(bytes32 mode, bytes data)", "multicall(bytes[]) or multicall(uint256,bytes[])")]
    [InlineData("erc7579", "execute(address to, uint256 value, bytes data)", "execute(bytes32,bytes)")]
    [InlineData("multisend", "", "multiSend(bytes)")]
    [InlineData("safe", "execTransaction(address to)", "execTransaction(address,uint256,bytes,uint8,")]
    public void The_function_must_be_one_of_the_container(string kind, string function, string expected)
    {
        var fault = Assert.Single(ScopeBuilder.Faults(Containers.Unwrap(function, kind)));
        Assert.StartsWith($"ceiling.permissions[0].unwrap: The function must be {expected}", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_meters_of_a_permission_that_cannot_count_all_are_taken_back_and_no_other_one_allows()
    {
        // The first permission counts, then fails on its last meter.
        var scope = ScopeBuilder.Compile(
            Containers.Unwrap("multicall(bytes[] data)", "multicall"),
            ScopeBuilder.Call(
                "g(uint256 x, uint256[] ys)",
                meters: """[{"budget":"usdc","path":"x"},{"budget":"usdc","path":"ys[1]"}]""",
                name: "two"
            ),
            ScopeBuilder.Call("g(uint256 a, uint256[] b)", meters: """[{"budget":"eth","path":"a"}]""", name: "one")
        );
        var call = Containers.Calldata("g(uint256,uint256[])", 5, 64, 1, 9);
        Assert.Equal("ceiling.budgets[usdc]", scope.Refusal(Containers.Multicall(call, call)).Rule);
    }

    [Fact]
    public void Amounts_of_the_container_and_of_its_calls_add_up()
    {
        var container = Containers.Unwrap("multicall(uint256 deadline, bytes[] data)", "multicall");
        container["meters"] = JsonNode.Parse("""[{"budget":"usdc","path":"deadline"}]""");
        var scope = ScopeBuilder.Compile(container, ScopeBuilder.Call("f(uint256 x)", CapTen, CountX, "f"));
        var debits = new DebitBuffer();
        var f = Containers.Calldata("f(uint256)", 3);
        Assert.True(scope.Ask(Containers.MulticallUntil(100, f, f), debits).IsAllowed);
        Assert.Equal((0, (UInt256)106), Assert.Single(debits.Items.ToArray()));
    }

    [Fact]
    public void A_sum_above_the_largest_number_is_refused_and_leaves_no_debits()
    {
        var scope = ScopeBuilder.Compile(
            Containers.Unwrap("multicall(bytes[] data)", "multicall"),
            ScopeBuilder.Call("f(uint256 x)", meters: CountX, name: "f")
        );
        var f = Containers.Calldata("f(uint256)", (BigInteger.One << 256) - 1);
        Assert.Equal(
            new Denial(DenialReason.BudgetExceeded, "ceiling.budgets[usdc]", "call[1]: more than 2^256-1", "1000"),
            scope.Refusal(Containers.Multicall(f, f))
        );
    }

    [Fact]
    public void A_permission_for_another_chain_does_not_allow_what_is_carried()
    {
        var inner = ScopeBuilder.Call("f(uint256 x)", CapTen, CountX, "f");
        inner["chain"] = "10";
        var document = ScopeBuilder.Document(Containers.Unwrap("multicall(bytes[] data)", "multicall"), inner);
        document["chains"] = new JsonArray("1", "10");
        var scope = ScopeBuilder.CompileDocument(document);
        Assert.Equal(DenialReason.FunctionNotAllowed, scope.Refusal(Containers.Multicall(Containers.Calldata("f(uint256)", 1))).Reason);
    }

    [Fact]
    public void Gas_and_fees_are_held_against_the_container()
    {
        var inner = ScopeBuilder.Call("f(uint256 x)", name: "f");
        inner["max_gas"] = "1";
        inner["max_fee_per_gas"] = "1";
        var container = Containers.Unwrap("multicall(bytes[] data)", "multicall");
        container["max_gas"] = "100000";
        var scope = ScopeBuilder.Compile(container, inner);
        var payload = Containers.Multicall(Containers.Calldata("f(uint256)", 1));
        Assert.True(scope.Ask(payload).IsAllowed);
        container["max_gas"] = "99999";
        scope = ScopeBuilder.Compile((JsonObject)container.DeepClone(), (JsonObject)inner.DeepClone());
        Assert.Equal("ceiling.permissions[0].max_gas", scope.Refusal(payload).Rule);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_array_that_claims_more_calls_than_may_be_is_not_decoded(bool isErc7579)
    {
        const string Execute = "execute(bytes32 mode, bytes executionCalldata)";
        var scope = ScopeBuilder.Compile(isErc7579 ? Containers.Unwrap(Execute, "erc7579") : Containers.Unwrap(Batch, "account"));
        foreach (var length in (BigInteger[])[65, 4_000, 1 << 20, (BigInteger.One << 256) - 1])
        {
            foreach (var count in (int[])[0, 3_000])
            {
                BigInteger[] words = [32, length, .. Enumerable.Repeat(BigInteger.Zero, count)];
                var data = isErc7579
                    ? Containers.Calldata(Execute, [BigInteger.One << 248, 64, 32 * words.Length, .. words])
                    : Containers.Calldata(Batch, words);
                var payload = new TransactionBuilder { Data = data }.Build();
                scope.Ask(payload);
                var before = GC.GetAllocatedBytesForCurrentThread();
                var decision = scope.Ask(payload);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_192);
                Assert.Equal((DenialReason.FeatureNotAllowed, "more than 64 calls"), (decision.Denial.Reason, decision.Denial.Observed));
            }
        }
    }

    [Theory]
    [InlineData(1, "delegatecall, operation 1")]
    [InlineData(2, "operation 2")]
    public void A_refused_operation_is_named(int operation, string observed)
    {
        var data = Containers.MultiSend((ScopeBuilder.Token, "0x095ea7b3"));
        var start = data.IndexOf("00" + ScopeBuilder.Token[2..], StringComparison.Ordinal);
        data = $"{data[..start]}0{operation}{data[(start + 2)..]}";
        var scope = ScopeBuilder.Compile(Containers.Unwrap("multiSend(bytes transactions)", "multisend"));
        Assert.Equal(observed, scope.Refusal(new TransactionBuilder { Data = data }.Build()).Observed);

        const string Safe =
            "execTransaction(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,uint256 gasPrice,address gasToken,address refundReceiver,bytes signatures)";
        data = Containers.Calldata(Safe, 1, 0, 320, operation, 0, 0, 0, 0, 0, 352, 0, 0);
        scope = ScopeBuilder.Compile(Containers.Unwrap(Safe, "safe"));
        Assert.Equal(observed, scope.Refusal(new TransactionBuilder { Data = data }.Build()).Observed);
    }

    [Theory]
    [InlineData("multicall(bytes[] data)", true)]
    [InlineData("execute(address to, uint256 value, bytes data)", true)]
    [InlineData("multiSend(bytes transactions)", true)]
    [InlineData("aggregate3((address target, bool mayFail, bytes data)[] calls)", false)]
    [InlineData("redeemDelegations(bytes[] contexts, bytes32[] modes, bytes[] calls)", false)]
    public void Lint_shouts_about_containers_that_are_not_looked_into(string function, bool canBe)
    {
        var warning = Assert.Single(PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document(ScopeBuilder.Call(function)))));
        Assert.StartsWith("ceiling.permissions[0].unwrap: ", warning, StringComparison.Ordinal);
        Assert.Contains("whatever it reaches is allowed", warning, StringComparison.Ordinal);
        Assert.Equal(canBe, warning.Contains("say how with unwrap", StringComparison.Ordinal));
    }

    [Fact]
    public void Lint_is_content_with_containers_that_are_looked_into() =>
        Assert.Empty(PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document(Containers.Unwrap(Batch, "account")))));
}
