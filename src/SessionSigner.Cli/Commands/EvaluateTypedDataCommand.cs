using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class EvaluateTypedDataCommand : EvaluateCommand<byte[]>
{
    public EvaluateTypedDataCommand(CliHost host)
        : base(
            host,
            "typed-data",
            "Say whether an EIP-712 message would be signed and why; exits 3 if it would be refused.",
            "EIP-712 typed data as JSON. - reads standard input.",
            "sessionsigner evaluate typed-data --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d order.json"
        ) { }

    protected override Task<byte[]> ReadAsync(string path, ParseResult arguments, CancellationToken cancellationToken) =>
        TypedDataInput.ReadAsync(Host, path, cancellationToken);

    protected override Task<EvaluateResponse> EvaluateAsync(
        SessionSignerClient client,
        string sessionId,
        byte[] payload,
        CancellationToken cancellationToken
    ) => client.EvaluateTypedDataAsync(sessionId, payload, cancellationToken);
}
