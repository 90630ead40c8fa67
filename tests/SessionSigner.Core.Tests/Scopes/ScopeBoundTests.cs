using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

/// <summary>The largest scopes and payloads that are read at all are decided within a bound.</summary>
public class ScopeBoundTests
{
    private const int ElementCount = 4_000;

    // Of the processor, not of the clock. Takes a fraction of it; the rest is for slow machines.
    private const long MillisecondsMax = 3_000;
    private const string AnyOne = """{"path":"xs[*]","quantifier":"any","op":"eq","value":"1"}""";
    private static readonly JsonObject s_multicall = Containers.Unwrap("multicall(bytes[] data)", "multicall");

    [Fact]
    public void Many_permissions_for_the_same_call_with_a_large_array()
    {
        var permissions = Enumerable.Range(0, 64).Select(i => ScopeBuilder.Call("f(uint256[] xs)", $"[{AnyOne}]", name: $"p{i}"));
        Decide(ScopeBuilder.Compile([.. permissions]), LargeArray());
    }

    [Fact]
    public void The_most_comparisons_over_a_large_array() =>
        Decide(ScopeBuilder.Compile(ScopeBuilder.Call("f(uint256[] xs)", Alternatives(AnyOne, 64))), LargeArray());

    /// <summary>The work of a request is bounded when the scope is loaded: by the looks at each element that permissions for the same may take together.</summary>
    [Theory]
    [InlineData(64, 0, 0, true)]
    [InlineData(65, 0, 0, false)]
    [InlineData(63, 1, 0, true)]
    [InlineData(63, 2, 0, false)]
    [InlineData(64, 0, 1, false)]
    public void So_many_looks_at_each_element_and_no_more(int constraints, int meters, int others, bool isLoaded)
    {
        const string meter = """{"budget":"usdc","path":"xs[*]"}""";
        var one = ScopeBuilder.Call(
            "f(uint256[] xs)",
            Alternatives(AnyOne, constraints),
            $"[{string.Join(',', Enumerable.Repeat(meter, meters))}]"
        );
        // For the same call on one chain only; a permission for another call counts by itself.
        var two = ScopeBuilder.Call("f(uint256[] ys)", $"[{AnyOne.Replace("xs", "ys", StringComparison.Ordinal)}]", name: "two");
        two["chain"] = "1";
        two["function"] = others > 0 ? "f(uint256[] ys)" : "g(uint256[] ys)";
        if (isLoaded)
        {
            ScopeBuilder.Compile(one, two);
            return;
        }
        var fault = Assert.Single(ScopeBuilder.Faults(one, two));
        Assert.StartsWith(
            $"ceiling.permissions[{(others > 0 ? 1 : 0)}]: At most 64 constraints and meters with [*]",
            fault,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("string", 256, 4, true)]
    [InlineData("string", 256, 5, false)]
    [InlineData("uint256", 256, 5, true)]
    [InlineData("string", 16, 64, true)]
    [InlineData("string", 17, 32, true)]
    [InlineData("string", 17, 33, false)]
    [InlineData("string", 33, 21, true)]
    [InlineData("string", 33, 22, false)]
    public void Lists_of_strings_count_once_for_each_16_begun(string type, int values, int count, bool isLoaded)
    {
        // Numbers are found in a set.
        var strings = string.Join(',', Enumerable.Range(0, values).Select(i => $"\"{i}\""));
        var constraints = Alternatives($$"""{"path":"xs[*]","op":"in","values":[{{strings}}]}""", count);
        foreach (
            var permission in (JsonObject[])
                [ScopeBuilder.Call($"f({type}[] xs)", constraints), ScopeBuilder.Typed($"F({type}[] xs)", constraints)]
        )
        {
            if (isLoaded)
            {
                ScopeBuilder.Compile(permission);
            }
            else
            {
                Assert.StartsWith(
                    "ceiling.permissions[0]: At most 64",
                    Assert.Single(ScopeBuilder.Faults(permission)),
                    StringComparison.Ordinal
                );
            }
        }
    }

    [Fact]
    public void The_most_calls_with_many_permissions_for_each()
    {
        var permissions = Enumerable
            .Range(0, 64)
            .Select(i => ScopeBuilder.Call("f(uint256[] xs)", $"[{AnyOne}]", name: $"p{i}"))
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
        const string none = """{"path":"xs[0]","op":"eq","value":"9"}""";
        var constraints = quantifier == "any" ? Alternatives(comparison, 64) : Conjunction(comparison, 64);
        var permission = ScopeBuilder.Typed("Bulk(uint8[] xs)", $"{constraints[..^1]},{none}]");
        var message = $$"""{"xs":[{{string.Join(',', Enumerable.Repeat('2', 65_000))}}]}""";
        Decide(ScopeBuilder.Compile(permission), ScopeBuilder.TypedData("""  "Bulk":[{"name":"xs","type":"uint8[]"}] """, "Bulk", message));
    }

    private static void Decide(CompiledScope scope, string data) => Decide(scope, new TransactionBuilder { Data = data }.Build());

    private static void Decide(CompiledScope scope, SigningPayload payload)
    {
        var before = ProcessorMilliseconds();
        Assert.False(scope.Ask(payload).IsAllowed);
        Assert.InRange(ProcessorMilliseconds() - before, 0, MillisecondsMax);
    }

    // Of this thread, in user and kernel mode: fields 14 and 15, in ticks of 10 ms; the second field may have spaces and ends with a parenthesis.
    private static long ProcessorMilliseconds()
    {
        var stat = File.ReadAllText("/proc/thread-self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return 10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
    }

    // So many comparisons, each an alternative: all are looked at if none is met.
    private static string Alternatives(string comparison, int count)
    {
        var parts = Enumerable.Repeat($"[{comparison}]", count).Chunk(16).Select(part => $$"""[{"any_of":[{{string.Join(',', part)}}]}]""");
        return count == 0 ? "[]" : $$"""[{"any_of":[{{string.Join(',', parts)}}]}]""";
    }

    // So many comparisons, all of which must be met: all are looked at if all are.
    private static string Conjunction(string comparison, int count)
    {
        var parts = Enumerable.Repeat(comparison, count).Chunk(16).Select(part => $$"""{"any_of":[[{{string.Join(',', part)}}]]}""");
        return $"[{string.Join(',', parts)}]";
    }

    private static string LargeArray() => Array("f(uint256[])", ElementCount);

    private static string Array(string function, int count) =>
        Containers.Calldata(function, [32, count, .. Enumerable.Repeat(new BigInteger(2), count)]);
}
