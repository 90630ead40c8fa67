using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

public class ScopeCostTests
{
    [Fact]
    public void Allowing_a_call_with_static_arguments_does_not_allocate()
    {
        var permission = ScopeBuilder.Call(
            "swap(address to, uint256 amount, int24 tick, bytes32 tag)",
            $$"""
            [{"path":"amount","op":"between","min":"1","max":"100"},{"path":"to","op":"in","values":["{{ScopeBuilder.Alice}}","{{ScopeBuilder.Bob}}"]},
             {"path":"tick","op":"gte","value":"-50"},{"path":"tag","op":"ne","value":"0x{{new string('0', 64)}}"}]
            """,
            """[{"budget":"usdc","path":"amount"},{"budget":"eth","native_value":true}]"""
        );
        permission["max_native_value"] = "5";
        var scope = ScopeBuilder.Compile(permission);
        string[] words =
        [
            TransactionBuilder.Word(ScopeBuilder.Alice),
            TransactionBuilder.Word(7),
            TransactionBuilder.Word(-50),
            TransactionBuilder.Word(1),
        ];
        var payload = ScopeBuilder.CallData("swap(address,uint256,int24,bytes32)", words);
        var debits = new DebitBuffer();
        AssertAllowed(scope, payload, debits, 1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertAllowed(scope, payload, debits, 10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Among_many_permissions_one_is_found_without_allocating()
    {
        var document = ScopeBuilder.Document(ScopeBuilder.Call("f(uint256 x)", """[{"path":"x","op":"lte","value":"1"}]"""));
        for (var i = 0; i < 200; i++)
        {
            document["permissions"]!.AsArray().Add(Other(i));
        }
        var scope = ScopeBuilder.CompileDocument(document);
        var payload = ScopeBuilder.CallData("f(uint256)", TransactionBuilder.Word(1));
        var debits = new DebitBuffer();
        AssertAllowed(scope, payload, debits, 1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertAllowed(scope, payload, debits, 1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Chains_do_not_multiply_what_a_scope_costs_in_memory()
    {
        // The largest narrowing that a client may send: every target on every chain.
        var document = ScopeBuilder.Document();
        document["chains"] = new JsonArray([.. Enumerable.Range(1, 64).Select(chain => (JsonNode)$"{chain}")]);
        for (var i = 0; i < 4; i++)
        {
            var permission = ScopeBuilder.Call("f()", name: $"f{i}");
            permission["targets"] = new JsonArray([.. Enumerable.Range(0, 250).Select(target => (JsonNode)Target(i, target))]);
            document["permissions"]!.AsArray().Add(permission);
        }
        var scope = ScopeBuilder.Parse(document);
        CompiledScope.Compile("narrowing", scope);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var compiled = CompiledScope.Compile("narrowing", scope);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 2_000_000);
        Assert.NotNull(compiled);
    }

    private static string Target(int high, int low) => new Address([.. new byte[18], (byte)(high + 1), (byte)low]).ToString();

    private static JsonObject Other(int index)
    {
        var permission = ScopeBuilder.Call($"f{index}()", name: $"f{index}");
        permission["targets"] = new JsonArray(new Address([.. new byte[19], (byte)index]).ToString());
        return permission;
    }

    private static void AssertAllowed(CompiledScope scope, SigningPayload payload, DebitBuffer debits, int times)
    {
        var allowed = 0;
        for (var i = 0; i < times; i++)
        {
            allowed += scope.Evaluate(payload, ScopeBuilder.Now, debits).IsAllowed ? 1 : 0;
        }
        if (allowed != times)
        {
            Assert.Fail(scope.Evaluate(payload, ScopeBuilder.Now, debits).Denial.ToString());
        }
    }
}
