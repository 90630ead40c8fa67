using System.Numerics;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>What the gas of a transaction may cost, counted into a budget.</summary>
public class GasCostTests
{
    private const string Gas = """[{"budget":"eth","gas_cost":true}]""";
    private const string Both = """[{"budget":"usdc","path":"x"},{"budget":"eth","gas_cost":true}]""";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void It_is_all_the_gas_at_the_highest_fee(int type)
    {
        var debits = new DebitBuffer();
        var payload = Builder("f(uint256)", 7) with { Type = type, Gas = 21_000, Fee = 50 };
        Assert.True(ScopeBuilder.Compile(ScopeBuilder.Call("f(uint256 x)", "[]", Both)).Ask(payload.Build(), debits).IsAllowed);
        Assert.Equal([(0, (UInt256)7), (1, (UInt256)1_050_000)], debits.Items.ToArray());
    }

    [Fact]
    public void It_is_of_a_plain_transfer_too_and_apart_from_its_value()
    {
        var permission = ScopeBuilder.Call("", "[]", """[{"budget":"eth","gas_cost":true},{"budget":"usdc","native_value":true}]""");
        permission["max_native_value"] = "5";
        var debits = new DebitBuffer();
        var payload = new TransactionBuilder
        {
            Value = 5,
            Gas = 21_000,
            Fee = 2,
        };
        Assert.True(ScopeBuilder.Compile(permission).Ask(payload.Build(), debits).IsAllowed);
        Assert.Equal([(1, (UInt256)42_000), (0, (UInt256)5)], debits.Items.ToArray());
    }

    [Fact]
    public void Calls_that_are_carried_have_no_gas_of_their_own()
    {
        var container = Containers.Unwrap("multicall(bytes[] calls)", "multicall");
        container["meters"] = System.Text.Json.Nodes.JsonNode.Parse(Gas);
        var scope = ScopeBuilder.Compile(container, ScopeBuilder.Call("f(uint256 x)", "[]", Both, "f"));
        var debits = new DebitBuffer();
        var calls = Enumerable.Range(1, 3).Select(x => Containers.Calldata("f(uint256)", x)).ToArray();
        Assert.True(scope.Ask(Containers.Multicall(calls), debits).IsAllowed);
        Assert.Equal([(0, (UInt256)6), (1, (UInt256)100_000_000)], debits.Items.ToArray().OrderBy(debit => debit.Budget));
    }

    [Fact]
    public void What_no_number_holds_counts_as_the_largest()
    {
        var debits = new DebitBuffer();
        var payload = Builder("f(uint256)", 0) with { Gas = ulong.MaxValue, Fee = (BigInteger.One << 256) - 1 };
        Assert.True(ScopeBuilder.Compile(ScopeBuilder.Call("f(uint256 x)", "[]", Gas)).Ask(payload.Build(), debits).IsAllowed);
        Assert.Equal((1, UInt256.MaxValue), Assert.Single(debits.Items.ToArray()));
    }

    private static TransactionBuilder Builder(string function, BigInteger word) => new() { Data = Containers.Calldata(function, word) };
}
