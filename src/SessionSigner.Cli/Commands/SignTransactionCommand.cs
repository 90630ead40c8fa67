using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class SignTransactionCommand : SignCommand<byte[]>
{
    private readonly Option<bool> _raw = new("--raw") { Description = "Write only the signed transaction, 0x and hexadecimal." };

    public SignTransactionCommand(CliHost host)
        : base(
            host,
            "tx",
            "Sign one Ethereum transaction and verify the signature.",
            "The unsigned transaction: 0x and hexadecimal, or its bytes. - reads standard input.",
            "sessionsigner sign tx --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d transfer.hex",
            "cast publish \"$(sessionsigner sign tx --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --raw transfer.hex)\"",
            "build-transfer | sessionsigner sign tx --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --request-id order-17 --json -"
        ) => Add(_raw);

    protected override void CheckOptions(ParseResult arguments, Report report)
    {
        if (arguments.GetValue(_raw) && report.IsJson)
        {
            throw new UsageException("Give --raw or --json, not both.");
        }
    }

    protected override Task<byte[]> ReadAsync(string path, ParseResult arguments, CancellationToken cancellationToken) =>
        TransactionInput.ReadAsync(Host, path, cancellationToken);

    protected override async Task<SignatureView> SignAsync(
        SignerSession session,
        byte[] payload,
        string requestId,
        CancellationToken cancellationToken
    ) => SignatureView.Of(session, requestId, await session.SignTransactionAsync(payload, requestId, cancellationToken));

    protected override int Write(ParseResult arguments, Report report, SignatureView signature)
    {
        if (!arguments.GetValue(_raw))
        {
            return signature.Write(report);
        }
        report.Line(signature.SignedTransaction!);
        return ExitCode.Ok;
    }
}
