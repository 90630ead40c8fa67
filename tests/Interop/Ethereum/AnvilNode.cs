using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Interop;

/// <summary>An anvil that mines when told to.</summary>
internal sealed class AnvilNode : IAsyncDisposable
{
    private readonly Process _process;

    private AnvilNode(Process process, string address) => (_process, Address) = (process, address);

    public string Address { get; }

    public static async Task<AnvilNode> StartAsync()
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
                return new AnvilNode(process, $"http://127.0.0.1:{port}");
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
