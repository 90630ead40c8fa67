using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class SignMessageCommand : SignCommand<string>
{
    public SignMessageCommand(CliHost host)
        : base(
            host,
            "message",
            "Sign one personal message (EIP-191), Sign-In with Ethereum included, and verify the signature.",
            "The text in UTF-8, signed byte for byte, a line feed at its end included. - reads standard input.",
            "sessionsigner sign message --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d login.txt",
            "printf 'Log in to desk.example, nonce 81' | sessionsigner sign message --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --json - | jq -r .signature"
        ) { }

    protected override Task<string> ReadAsync(string path, ParseResult arguments, CancellationToken cancellationToken) =>
        MessageInput.ReadAsync(Host, path, cancellationToken);

    protected override async Task<SignatureView> SignAsync(
        SignerSession session,
        string payload,
        string requestId,
        CancellationToken cancellationToken
    ) => SignatureView.Of(session, requestId, await session.SignMessageAsync(payload, requestId, cancellationToken));
}
