using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class SignTypedDataCommand : SignCommand<byte[]>
{
    public SignTypedDataCommand(CliHost host)
        : base(
            host,
            "typed-data",
            "Sign one EIP-712 message and verify the signature.",
            "EIP-712 typed data as JSON. - reads standard input.",
            "sessionsigner sign typed-data --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d order.json",
            "sessionsigner sign typed-data --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --json order.json | jq -r .signature"
        ) { }

    protected override Task<byte[]> ReadAsync(string path, ParseResult arguments, CancellationToken cancellationToken) =>
        TypedDataInput.ReadAsync(Host, path, cancellationToken);

    protected override async Task<SignatureView> SignAsync(
        SignerSession session,
        byte[] payload,
        string requestId,
        CancellationToken cancellationToken
    ) => SignatureView.Of(session, requestId, await session.SignTypedDataAsync(payload, requestId, cancellationToken));
}
