using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
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
        await using var node = await Node.StartAsync();
        var arguments = daemon.BotArguments(node.Address, "bots", transactions: 1_000);
        AssertWorked(await ForeignProgram.RunNodeAsync("bots/bot.mjs", TimeSpan.FromMinutes(4), arguments), 1_000);
    }

    [Fact]
    public async Task A_Python_bot_has_its_transactions_mined_and_is_refused_the_rest()
    {
        await using var node = await Node.StartAsync();
        var arguments = daemon.BotArguments(node.Address, "bots", transactions: 100);
        AssertWorked(await ForeignProgram.RunPythonAsync("bots/bot.py", TimeSpan.FromMinutes(2), arguments), 100);
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

    /// <summary>An anvil that mines when told to.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly Process _process;

        private Node(Process process, string address) => (_process, Address) = (process, address);

        public string Address { get; }

        public static async Task<Node> StartAsync()
        {
            var port = FreePort();
            var start = new ProcessStartInfo(
                ForeignProgram.Anvil,
                ["--port", $"{port}", "--no-mining", "--silent", "--block-base-fee-per-gas", "1000000", "--accounts", "1"]
            )
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            var process = Process.Start(start) ?? throw new InvalidOperationException("anvil does not start");
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            for (var attempt = 0; attempt < 150; attempt++)
            {
                Assert.False(process.HasExited, "anvil ended");
                try
                {
                    using var client = new TcpClient();
                    await client.ConnectAsync(IPAddress.Loopback, port);
                    return new Node(process, $"http://127.0.0.1:{port}");
                }
                catch (SocketException)
                {
                    await Task.Delay(100);
                }
            }
            process.Kill();
            throw new InvalidOperationException("anvil does not listen");
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
