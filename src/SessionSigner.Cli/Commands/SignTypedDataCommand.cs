using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class SignTypedDataCommand : DaemonCommand
{
    private readonly PayloadArguments _payload = new("EIP-712 typed data as JSON. - reads standard input.");

    public SignTypedDataCommand(CliHost host)
        : base(
            host,
            "typed-data",
            "Sign one EIP-712 message and verify the signature.",
            "sessionsigner sign typed-data --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d order.json",
            "sessionsigner sign typed-data --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --json order.json | jq -r .signature"
        ) => _payload.AddTo(this, withRequestId: true);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var typedData = await TypedDataInput.ReadAsync(Host, _payload.Path(arguments), cancellationToken);
        var requestId = _payload.RequestId(arguments);
        var session = await WaitFor(
            "Verifying the session's grant…",
            client.ResumeSessionAsync(_payload.Session(arguments), cancellationToken)
        );
        var answer = await WaitFor("Signing…", session.SignTypedDataAsync(typedData, requestId, cancellationToken));
        return SignatureView.Of(session, requestId, answer).Write(report);
    }
}
