using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class SignMessageCommand : DaemonCommand
{
    private readonly PayloadArguments _payload = new(
        "The text in UTF-8, signed byte for byte, a line feed at its end included. - reads standard input."
    );

    public SignMessageCommand(CliHost host)
        : base(
            host,
            "message",
            "Sign one personal message (EIP-191), Sign-In with Ethereum included, and verify the signature.",
            "sessionsigner sign message --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d login.txt",
            "printf 'Log in to desk.example, nonce 81' | sessionsigner sign message --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --json - | jq -r .signature"
        ) => _payload.AddTo(this, withRequestId: true);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var message = await MessageInput.ReadAsync(Host, _payload.Path(arguments), cancellationToken);
        var requestId = _payload.RequestId(arguments);
        var session = await WaitFor(
            "Verifying the session's grant…",
            client.ResumeSessionAsync(_payload.Session(arguments), cancellationToken)
        );
        var answer = await WaitFor("Signing…", session.SignMessageAsync(message, requestId, cancellationToken));
        return SignatureView.Of(session, requestId, answer).Write(report);
    }
}
