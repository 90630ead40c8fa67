using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class AuditListCommand : DaemonCommand
{
    private const uint LimitMax = 1_000_000;

    private readonly Option<ulong?> _from = new("--from")
    {
        Description = "Index of the first entry. Default: so that the newest are shown.",
        HelpName = "INDEX",
    };
    private readonly Option<uint> _limit = new("--limit")
    {
        Description = "Most entries to list.",
        HelpName = "N",
        DefaultValueFactory = _ => 50,
    };

    public AuditListCommand(CliHost host)
        : base(
            host,
            "list",
            "List entries of the audit log, as an auditor; by default the newest 50.",
            "sessionsigner audit list",
            "sessionsigner audit list --from 0 --limit 10000 --json | jq '.entries[] | select(.kind == \"sign_refused\")'"
        )
    {
        Add(_from);
        Add(_limit);
    }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var limit = arguments.GetValue(_limit);
        if (limit is 0 or > LimitMax)
        {
            throw new UsageException($"--limit takes a number from 1 to {LimitMax}.");
        }

        var state = await WaitFor("Waiting for the daemon…", client.GetCheckpointAsync(cancellationToken));
        var start = arguments.GetValue(_from) ?? state.TreeSize - Math.Min(state.TreeSize, limit);
        var end = start >= state.TreeSize ? start : start + Math.Min(limit, state.TreeSize - start);
        var entries = new List<EntryView>();
        await using (var progress = new ProgressLine(Host, "Reading entries…"))
        {
            await foreach (var entry in client.ReadEntriesAsync(start, end, cancellationToken))
            {
                entries.Add(EntryView.From(entry));
                progress.Update($"Reading entries… {entries.Count} of {end - start}");
            }
        }

        if (report.IsJson)
        {
            report.Json(
                new
                {
                    state.Origin,
                    state.TreeSize,
                    RootHash = Names.Hex(state.RootHash.Span),
                    Entries = entries,
                }
            );
        }
        else
        {
            EntryView.WriteTable(report, entries);
        }

        return ExitCode.Ok;
    }
}
