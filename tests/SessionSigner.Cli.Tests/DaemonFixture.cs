using SessionSigner.Client.Tests;

namespace SessionSigner.Cli.Tests;

/// <summary>One fake daemon with a profile for the trader.</summary>
public abstract class DaemonFixture : IAsyncLifetime
{
    protected const string TransactionHex =
        "0x02f86d0180843b9aca008477359400830186a094a0b86991c6218b36c1d19d4a2e9eb0ce3606eb4880b844a9059cbb"
        + "0000000000000000000000000000000000000000000000000000000000000001"
        + "0000000000000000000000000000000000000000000000000000000000000064"
        + "c0";

    protected const string TypedData = """
        {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"}],
        "Order":[{"name":"maker","type":"address"},{"name":"amount","type":"uint256"}]},
        "primaryType":"Order","domain":{"name":"Venue","chainId":"1"},
        "message":{"maker":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","amount":"100"}}
        """;

    protected const string UserOperation = """
        {"sender":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","nonce":"0x0","callData":"0xb61d27f6","callGasLimit":"0x1","verificationGasLimit":"0x1",
        "preVerificationGas":"0x1","maxFeePerGas":"0x1","maxPriorityFeePerGas":"0x1"}
        """;

    private string _profile = "";

    public async Task InitializeAsync()
    {
        await Daemon.InitializeAsync();
        _profile = Write(
            "trader.profile",
            $"# The trader\naddress: {Daemon.Address}\ncertificate: client.pem\nkey: client.key\nca: ca.pem\n"
        );
        Write("transfer.hex", TransactionHex + "\n");
        Write("order.json", TypedData);
        Write("quote.txt", "Quote 1");
        Write("digest.hex", "0x" + new string('1', 64) + "\n");
        Write("operation.json", UserOperation);
    }

    public Task DisposeAsync() => Daemon.DisposeAsync();

    internal FakeDaemon Daemon { get; } = new();

    internal string Write(string name, string content) => Daemon.Certificates.Write(name, content);

    internal string PathOf(string name) => Path.Combine(Daemon.Certificates.Folder, name);

    /// <summary>Runs as the trader; a word that begins with @ names a file of the fixture.</summary>
    internal Task<CliRun> Run(string commandLine, byte[]? input = null, bool terminal = false)
    {
        var arguments = commandLine.Split(' ').Select(a => a.StartsWith('@') ? PathOf(a[1..]) : a).ToList();
        return CliRun.Of(arguments, input, new Dictionary<string, string> { ["SESSIONSIGNER_PROFILE"] = _profile }, terminal);
    }
}
