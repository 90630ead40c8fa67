using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.Ethereum;

namespace SessionSigner.Cli;

internal sealed class SignDigestCommand : SignCommand<Hash32>
{
    public SignDigestCommand(CliHost host)
        : base(
            host,
            "digest",
            "Sign 32 bytes as given, if a policy allows raw digests, and verify the signature.",
            "The digest: 0x and 64 hexadecimal digits. - reads standard input.",
            "sessionsigner sign digest --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d digest.hex",
            "sessionsigner sign digest --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --json digest.hex | jq -r .signature"
        ) { }

    protected override Task<Hash32> ReadAsync(string path, ParseResult arguments, CancellationToken cancellationToken) =>
        DigestInput.ReadAsync(Host, path, cancellationToken);

    protected override async Task<SignatureView> SignAsync(
        SignerSession session,
        Hash32 payload,
        string requestId,
        CancellationToken cancellationToken
    ) => SignatureView.Of(session, requestId, payload.ToString(), await session.SignDigestAsync(payload, requestId, cancellationToken));
}
