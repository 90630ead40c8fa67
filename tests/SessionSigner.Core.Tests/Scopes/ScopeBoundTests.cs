using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

/// <summary>The largest scopes and payloads that are read at all are decided within a bound.</summary>
public class ScopeBoundTests
{
    private const int ElementCount = 4_000;

    // Takes a fraction of a second; the rest is for machines under load.
    private const long MillisecondsMax = 10_000;
    private static readonly JsonObject s_multicall = Containers.Unwrap("multicall(bytes[] data)", "multicall");

    [Fact]
    public void Many_permissions_for_the_same_call_with_a_large_array()
    {
        var permissions = Enumerable
            .Range(0, 180)
            .Select(i =>
                ScopeBuilder.Call("f(uint256[] xs)", """[{"path":"xs[*]","quantifier":"any","op":"eq","value":"1"}]""", name: $"p{i}")
            );
        Decide(ScopeBuilder.Compile([.. permissions]), LargeArray());
    }

    [Fact]
    public void The_most_comparisons_over_a_large_array()
    {
        const string comparison = """{"path":"xs[*]","quantifier":"any","op":"eq","value":"1"}""";
        var alternatives = string.Join(',', Enumerable.Repeat($"[{comparison}]", 16));
        var choices = string.Join(',', Enumerable.Repeat($$"""{"any_of":[{{alternatives}}]}""", 8));
        var permissions = Enumerable.Range(0, 6).Select(i => ScopeBuilder.Call("f(uint256[] xs)", $"[{choices}]", name: $"p{i}"));
        Decide(ScopeBuilder.Compile([.. permissions]), LargeArray());
    }

    [Fact]
    public void The_most_calls_with_many_permissions_for_each()
    {
        var permissions = Enumerable
            .Range(0, 180)
            .Select(i =>
                ScopeBuilder.Call("f(uint256[] xs)", """[{"path":"xs[*]","quantifier":"any","op":"eq","value":"1"}]""", name: $"p{i}")
            )
            .Prepend(s_multicall);
        var calls = Enumerable.Repeat(Array("f(uint256[])", 55), 63).Append(Array("f(uint256[])", 1)).ToArray();
        Decide(
            ScopeBuilder.Compile([.. permissions.Select(permission => permission.DeepClone().AsObject())]),
            Containers.MulticallData(calls)
        );
    }

    [Fact]
    public void Containers_nested_hundreds_deep()
    {
        var data = Containers.Calldata("f()");
        for (var i = 0; i < 700; i++)
        {
            data = Containers.MulticallData(data);
        }
        Decide(ScopeBuilder.Compile(s_multicall.DeepClone().AsObject()), data);
    }

    [Theory]
    [InlineData("any", "eq", "1")]
    [InlineData("all", "lte", "2")]
    public void The_most_comparisons_over_the_largest_array_of_a_message(string quantifier, string op, string value)
    {
        // The largest message that a request holds has 65,000 elements of two characters each.
        var comparison = $$"""{"path":"xs[*]","quantifier":"{{quantifier}}","op":"{{op}}","value":"{{value}}"}""";
        var choices = string.Join(
            ',',
            Enumerable.Repeat($$"""{"any_of":[[{{string.Join(',', Enumerable.Repeat(comparison, 16))}}]]}""", 7)
        );
        const string none = """{"path":"xs[0]","op":"eq","value":"9"}""";
        var permissions = Enumerable.Range(0, 6).Select(i => ScopeBuilder.Typed("Bulk(uint8[] xs)", $"[{choices},{none}]", name: $"p{i}"));
        var message = $$"""{"xs":[{{string.Join(',', Enumerable.Repeat('2', 65_000))}}]}""";
        Decide(
            ScopeBuilder.Compile([.. permissions]),
            ScopeBuilder.TypedData("""  "Bulk":[{"name":"xs","type":"uint8[]"}] """, "Bulk", message)
        );
    }

    private static void Decide(CompiledScope scope, string data) => Decide(scope, new TransactionBuilder { Data = data }.Build());

    private static void Decide(CompiledScope scope, SigningPayload payload)
    {
        var watch = Stopwatch.StartNew();
        Assert.False(scope.Ask(payload).IsAllowed);
        Assert.InRange(watch.ElapsedMilliseconds, 0, MillisecondsMax);
    }

    private static string LargeArray() => Array("f(uint256[])", ElementCount);

    private static string Array(string function, int count) =>
        Containers.Calldata(function, [32, count, .. Enumerable.Repeat(new BigInteger(2), count)]);
}
