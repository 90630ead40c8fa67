using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class EvaluateMessageCommand : DaemonCommand
{
    private readonly PayloadArguments _payload = new("The text in UTF-8, byte for byte. - reads standard input.");

    public EvaluateMessageCommand(CliHost host)
        : base(
            host,
            "message",
            "Say whether a personal message would be signed and why; exits 3 if it would be refused.",
            "sessionsigner evaluate message --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d login.txt"
        ) => _payload.AddTo(this, withRequestId: false);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var message = await MessageInput.ReadAsync(Host, _payload.Path(arguments), cancellationToken);
        var call = client.EvaluateMessageAsync(_payload.Session(arguments), message, cancellationToken);
        return EvaluationView.Write(report, await WaitFor("Waiting for the daemon…", call));
    }
}
