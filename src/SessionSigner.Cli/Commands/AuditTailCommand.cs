using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class AuditTailCommand : DaemonCommand
{
    private readonly Option<ulong?> _from = new("--from")
    {
        Description = "Index of the first entry. Default: only new ones.",
        HelpName = "INDEX",
    };

    public AuditTailCommand(CliHost host)
        : base(
            host,
            "tail",
            "Follow the audit log, as an auditor: one line for every entry as it becomes durable. JSON is one document a line.",
            "sessionsigner audit tail",
            "sessionsigner audit tail --from 0 --json | jq -c 'select(.kind == \"sign_refused\")'"
        ) => Add(_from);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var start = arguments.GetValue(_from) ?? (await client.GetCheckpointAsync(cancellationToken)).TreeSize;
        await foreach (var entry in client.TailEntriesAsync(start, cancellationToken))
        {
            var view = EntryView.From(entry);
            if (report.IsJson)
            {
                report.JsonLine(view);
            }
            else
            {
                report.Line(view.ToLine());
            }
        }

        return ExitCode.Ok;
    }
}
