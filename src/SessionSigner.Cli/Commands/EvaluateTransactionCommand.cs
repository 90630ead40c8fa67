using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class EvaluateTransactionCommand : DaemonCommand
{
    private readonly PayloadArguments _payload = new("The unsigned transaction: 0x and hexadecimal, or its bytes. - reads standard input.");

    public EvaluateTransactionCommand(CliHost host)
        : base(
            host,
            "tx",
            "Say whether a transaction would be signed and why; exits 3 if it would be refused.",
            "sessionsigner evaluate tx --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d transfer.hex",
            "sessionsigner evaluate tx --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --json transfer.hex | jq .denial"
        ) => _payload.AddTo(this, withRequestId: false);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var transaction = await TransactionInput.ReadAsync(Host, _payload.Path(arguments), cancellationToken);
        var call = client.EvaluateTransactionAsync(_payload.Session(arguments), transaction, cancellationToken);
        return EvaluationView.Write(report, await WaitFor("Waiting for the daemon…", call));
    }
}
