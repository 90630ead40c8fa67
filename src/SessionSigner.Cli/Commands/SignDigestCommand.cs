using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class SignDigestCommand : DaemonCommand
{
    private readonly PayloadArguments _payload = new("The digest: 0x and 64 hexadecimal digits. - reads standard input.");

    public SignDigestCommand(CliHost host)
        : base(
            host,
            "digest",
            "Sign 32 bytes as given, if a policy allows raw digests, and verify the signature.",
            "sessionsigner sign digest --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d digest.hex",
            "sessionsigner sign digest --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --json digest.hex | jq -r .signature"
        ) => _payload.AddTo(this, withRequestId: true);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var digest = await DigestInput.ReadAsync(Host, _payload.Path(arguments), cancellationToken);
        var requestId = _payload.RequestId(arguments);
        var session = await WaitFor(
            "Verifying the session's grant…",
            client.ResumeSessionAsync(_payload.Session(arguments), cancellationToken)
        );
        var answer = await WaitFor("Signing…", session.SignDigestAsync(digest, requestId, cancellationToken));
        return SignatureView.Of(session, requestId, digest.ToString(), answer).Write(report);
    }
}
