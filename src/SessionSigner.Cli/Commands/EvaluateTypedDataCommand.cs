using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class EvaluateTypedDataCommand : DaemonCommand
{
    private readonly PayloadArguments _payload = new("EIP-712 typed data as JSON. - reads standard input.");

    public EvaluateTypedDataCommand(CliHost host)
        : base(
            host,
            "typed-data",
            "Say whether an EIP-712 message would be signed and why; exits 3 if it would be refused.",
            "sessionsigner evaluate typed-data --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d order.json"
        ) => _payload.AddTo(this, withRequestId: false);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var typedData = await TypedDataInput.ReadAsync(Host, _payload.Path(arguments), cancellationToken);
        var call = client.EvaluateTypedDataAsync(_payload.Session(arguments), typedData, cancellationToken);
        return EvaluationView.Write(report, await WaitFor("Waiting for the daemon…", call));
    }
}
