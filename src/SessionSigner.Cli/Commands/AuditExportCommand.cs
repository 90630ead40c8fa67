using System.CommandLine;
using SessionSigner.Audit;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class AuditExportCommand : DaemonCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "New file to write; - writes standard output." };

    public AuditExportCommand(CliHost host)
        : base(
            host,
            "export",
            "Write the whole audit log to a file that 'audit verify' checks offline, as an auditor. Verified while it is written.",
            "sessionsigner audit export audit-2026-11.log",
            "sessionsigner audit export - | gzip > audit.log.gz"
        ) => Add(_file);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var path = arguments.GetRequiredValue(_file);
        var toOutput = path == InputFile.StandardInput;
        if (toOutput && (report.IsJson || Host.OutputIsTerminal))
        {
            throw new UsageException("The export is binary: give a new file, or a pipe and no --json.");
        }

        var checkpoint = await WaitFor("Waiting for the daemon…", DaemonLog.GetCheckpointAsync(client, cancellationToken));
        await using (var file = toOutput ? Host.BinaryOutput : NewFile.Create(path))
        {
            await CopyAsync(client, checkpoint, file, cancellationToken);
        }

        if (report.IsJson)
        {
            report.Json(
                new
                {
                    File = path,
                    checkpoint.Origin,
                    TreeSize = checkpoint.Size,
                    RootHash = Names.Hex(checkpoint.Root.Span),
                }
            );
        }
        else if (!toOutput)
        {
            report.Line($"{checkpoint.Size} entries written to {path}; root {Names.Hex(checkpoint.Root.Span)}.");
        }

        return ExitCode.Ok;
    }

    private async Task CopyAsync(SessionSignerClient client, LogCheckpoint checkpoint, Stream file, CancellationToken cancellationToken)
    {
        await using var progress = new ProgressLine(Host, "Exporting…");
        var writer = new LogFileWriter(file, checkpoint);
        var verification = await DaemonLog.ReadAsync(client, checkpoint, entry => writer.Write(entry.Span), progress, cancellationToken);
        if (!verification.IsValid)
        {
            throw new SignerVerificationException("audit log", DaemonLog.Describe(verification));
        }

        writer.Complete();
    }
}
