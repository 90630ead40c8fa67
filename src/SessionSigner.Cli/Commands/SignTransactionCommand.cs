using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class SignTransactionCommand : DaemonCommand
{
    private readonly PayloadArguments _payload = new("The unsigned transaction: 0x and hexadecimal, or its bytes. - reads standard input.");
    private readonly Option<bool> _raw = new("--raw") { Description = "Write only the signed transaction, 0x and hexadecimal." };

    public SignTransactionCommand(CliHost host)
        : base(
            host,
            "tx",
            "Sign one Ethereum transaction and verify the signature.",
            "sessionsigner sign tx --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d transfer.hex",
            "cast publish \"$(sessionsigner sign tx --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --raw transfer.hex)\"",
            "build-transfer | sessionsigner sign tx --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --request-id order-17 --json -"
        )
    {
        _payload.AddTo(this, withRequestId: true);
        Add(_raw);
    }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var raw = arguments.GetValue(_raw);
        if (raw && report.IsJson)
        {
            throw new UsageException("Give --raw or --json, not both.");
        }

        var transaction = await TransactionInput.ReadAsync(Host, _payload.Path(arguments), cancellationToken);
        var requestId = _payload.RequestId(arguments);
        var session = await WaitFor(
            "Verifying the session's grant…",
            client.ResumeSessionAsync(_payload.Session(arguments), cancellationToken)
        );
        var answer = await WaitFor("Signing…", session.SignTransactionAsync(transaction, requestId, cancellationToken));
        if (raw)
        {
            report.Line(Names.Hex(answer.SignedTransaction.Span));
            return ExitCode.Ok;
        }
        return SignatureView.Of(session, requestId, answer).Write(report);
    }
}
