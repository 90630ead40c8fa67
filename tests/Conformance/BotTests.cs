using System.Text.Json;
using Interop;

namespace Conformance;

/// <summary>Bots in other languages, on other gRPC stacks, whose transactions a real Ethereum node mines.</summary>
[Collection(DaemonCollection.Name)]
public class BotTests(DaemonFixture daemon)
{
    private static readonly Dictionary<string, string> ExpectedReasons = new()
    {
        ["wrong_contract"] = "TARGET_NOT_ALLOWED",
        ["wrong_function"] = "FUNCTION_NOT_ALLOWED",
        ["wrong_recipient"] = "CONSTRAINT_UNMET",
        ["wrong_chain"] = "CHAIN_NOT_ALLOWED",
        ["over_the_order_cap"] = "CONSTRAINT_UNMET",
        ["native_value"] = "NATIVE_VALUE_EXCEEDED",
        ["fee"] = "FEE_EXCEEDED",
        ["contract_creation"] = "CONTRACT_CREATION",
        ["undecodable"] = "UNDECODABLE",
    };

    [Fact]
    public async Task A_grpc_js_bot_has_1000_transactions_mined_and_is_refused_the_rest()
    {
        await using var node = await AnvilNode.StartAsync();
        var arguments = daemon.BotArguments(node.Address, "bots", transactions: 1_000);
        AssertWorked(await ForeignProgram.RunNodeAsync("bots/bot.mjs", TimeSpan.FromMinutes(4), arguments), 1_000);
    }

    [Fact]
    public async Task A_Python_bot_has_1000_transactions_mined_and_is_refused_the_rest()
    {
        await using var node = await AnvilNode.StartAsync();
        var arguments = daemon.BotArguments(node.Address, "bots", transactions: 1_000);
        AssertWorked(await ForeignProgram.RunPythonAsync("bots/bot.py", TimeSpan.FromMinutes(4), arguments), 1_000);
    }

    private static void AssertWorked(ProgramResult result, int mined)
    {
        Assert.True(result.ExitCode == 0, result.Error + result.Output);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(mined, json.RootElement.GetProperty("mined").GetInt32());
        var refusals = json.RootElement.GetProperty("refusals");
        foreach (var (name, reason) in ExpectedReasons)
        {
            var refusal = refusals.GetProperty(name);
            Assert.Equal((name, reason), (name, refusal.GetProperty("reason").GetString()));
        }
        Assert.EndsWith("1000", refusals.GetProperty("over_the_order_cap").GetProperty("limit").GetString(), StringComparison.Ordinal);
        Assert.Equal("1" + new string('0', 30), refusals.GetProperty("over_the_order_cap").GetProperty("observed").GetString());
        Assert.Equal("ALREADY_EXISTS", refusals.GetProperty("same_request_id_other_body").GetProperty("code").GetString());
        Assert.Contains(
            refusals.GetProperty("after_close").GetProperty("code").GetString(),
            new[] { "FAILED_PRECONDITION", "PERMISSION_DENIED" }
        );
    }
}
