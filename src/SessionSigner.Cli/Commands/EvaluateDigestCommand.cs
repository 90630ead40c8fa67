using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.Ethereum;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class EvaluateDigestCommand : EvaluateCommand<Hash32>
{
    public EvaluateDigestCommand(CliHost host)
        : base(
            host,
            "digest",
            "Say whether a raw digest would be signed and why; exits 3 if it would be refused.",
            "The digest: 0x and 64 hexadecimal digits. - reads standard input.",
            "sessionsigner evaluate digest --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d digest.hex"
        ) { }

    protected override Task<Hash32> ReadAsync(string path, ParseResult arguments, CancellationToken cancellationToken) =>
        DigestInput.ReadAsync(Host, path, cancellationToken);

    protected override Task<EvaluateResponse> EvaluateAsync(
        SessionSignerClient client,
        string sessionId,
        Hash32 payload,
        CancellationToken cancellationToken
    ) => client.EvaluateDigestAsync(sessionId, payload.ToArray(), cancellationToken);
}
