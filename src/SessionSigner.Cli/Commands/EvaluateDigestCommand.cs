using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class EvaluateDigestCommand : DaemonCommand
{
    private readonly PayloadArguments _payload = new("The digest: 0x and 64 hexadecimal digits. - reads standard input.");

    public EvaluateDigestCommand(CliHost host)
        : base(
            host,
            "digest",
            "Say whether a raw digest would be signed and why; exits 3 if it would be refused.",
            "sessionsigner evaluate digest --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d digest.hex"
        ) => _payload.AddTo(this, withRequestId: false);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var digest = await DigestInput.ReadAsync(Host, _payload.Path(arguments), cancellationToken);
        var call = client.EvaluateDigestAsync(_payload.Session(arguments), digest.ToArray(), cancellationToken);
        return EvaluationView.Write(report, await WaitFor("Waiting for the daemon…", call));
    }
}
