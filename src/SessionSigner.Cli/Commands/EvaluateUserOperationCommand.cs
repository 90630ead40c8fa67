using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class EvaluateUserOperationCommand : DaemonCommand
{
    private readonly PayloadArguments _payload = new(
        "The user operation as JSON, as eth_sendUserOperation takes it but without signature. - reads standard input."
    );
    private readonly UserOperationArguments _operation = new();

    public EvaluateUserOperationCommand(CliHost host)
        : base(
            host,
            "user-operation",
            "Say whether a user operation of ERC-4337 would be signed and why; exits 3 if it would be refused.",
            "sessionsigner evaluate user-operation --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --chain 8453 --entry-point 0x0000000071727De22E5E9d8BAf0edAc6f37da032 --entry-point-version 0.7 --signature-form hash operation.json"
        )
    {
        _payload.AddTo(this, withRequestId: false);
        _operation.AddTo(this);
    }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var operation = await _operation.ReadAsync(Host, _payload.Path(arguments), arguments, cancellationToken);
        var call = client.EvaluateUserOperationAsync(_payload.Session(arguments), operation, cancellationToken);
        return EvaluationView.Write(report, await WaitFor("Waiting for the daemon…", call));
    }
}
