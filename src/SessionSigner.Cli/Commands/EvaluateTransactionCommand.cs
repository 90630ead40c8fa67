using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class EvaluateTransactionCommand : EvaluateCommand<byte[]>
{
    public EvaluateTransactionCommand(CliHost host)
        : base(
            host,
            "tx",
            "Say whether a transaction would be signed and why; exits 3 if it would be refused.",
            "The unsigned transaction: 0x and hexadecimal, or its bytes. - reads standard input.",
            "sessionsigner evaluate tx --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d transfer.hex",
            "sessionsigner evaluate tx --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --json transfer.hex | jq .denial"
        ) { }

    protected override Task<byte[]> ReadAsync(string path, ParseResult arguments, CancellationToken cancellationToken) =>
        TransactionInput.ReadAsync(Host, path, cancellationToken);

    protected override Task<EvaluateResponse> EvaluateAsync(
        SessionSignerClient client,
        string sessionId,
        byte[] payload,
        CancellationToken cancellationToken
    ) => client.EvaluateTransactionAsync(sessionId, payload, cancellationToken);
}
