using System.CommandLine;
using System.Text;
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
            "sessionsigner audit export audit-2026-11.jsonl",
            "sessionsigner audit export - | gzip > audit.jsonl.gz"
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
        if (toOutput && report.IsJson)
        {
            throw new UsageException("The export to standard output is JSON already; leave out --json.");
        }

        var state = LogState.From(await WaitFor("Waiting for the daemon…", client.GetCheckpointAsync(cancellationToken)));
        var check = new LogCheck();
        if (toOutput)
        {
            await CopyAsync(client, state, Host.Output, check, cancellationToken);
        }
        else
        {
            await using var file = new StreamWriter(NewFile.Create(path), new UTF8Encoding(false));
            await CopyAsync(client, state, file, check, cancellationToken);
        }

        check.Compare(state, "the daemon");
        if (check.Faults.Count > 0)
        {
            throw new SignerVerificationException("audit log", check.Faults);
        }

        Report(report, toOutput, path, state);
        return ExitCode.Ok;
    }

    private static void Report(Report report, bool toOutput, string path, LogState state)
    {
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    File = path,
                    state.Origin,
                    TreeSize = state.Size,
                    RootHash = Names.Hex(state.Root),
                }
            );
        }
        else if (!toOutput)
        {
            report.Line($"{state.Size} entries written to {path}; root {Names.Hex(state.Root)}.");
        }
    }

    private async Task CopyAsync(
        SessionSignerClient client,
        LogState state,
        TextWriter output,
        LogCheck check,
        CancellationToken cancellationToken
    )
    {
        await using var progress = new ProgressLine(Host, "Exporting…");
        await output.WriteAsync(ExportFile.WriteHeader(state) + "\n");
        await foreach (var entry in client.ReadEntriesAsync(0, state.Size, cancellationToken))
        {
            check.Add(entry.Entry.Span);
            await output.WriteAsync(ExportFile.WriteEntry(entry.Index, entry.Entry.Span) + "\n");
            progress.Update($"Exporting… {check.Size} of {state.Size} entries");
        }
    }
}
