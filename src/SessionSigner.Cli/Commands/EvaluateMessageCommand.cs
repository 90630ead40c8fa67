using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class EvaluateMessageCommand : EvaluateCommand<string>
{
    public EvaluateMessageCommand(CliHost host)
        : base(
            host,
            "message",
            "Say whether a personal message would be signed and why; exits 3 if it would be refused.",
            "The text in UTF-8, byte for byte. - reads standard input.",
            "sessionsigner evaluate message --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d login.txt"
        ) { }

    protected override Task<string> ReadAsync(string path, ParseResult arguments, CancellationToken cancellationToken) =>
        MessageInput.ReadAsync(Host, path, cancellationToken);

    protected override Task<EvaluateResponse> EvaluateAsync(
        SessionSignerClient client,
        string sessionId,
        string payload,
        CancellationToken cancellationToken
    ) => client.EvaluateMessageAsync(sessionId, payload, cancellationToken);
}
