using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class PolicyListCommand : DaemonCommand
{
    private readonly Option<bool> _ended = new("--ended") { Description = "Also versions that are superseded or retired." };

    public PolicyListCommand(CliHost host)
        : base(
            host,
            "list",
            "List the policies in force and the versions that wait for approval, as an operator, approver or auditor.",
            "sessionsigner policy list",
            "sessionsigner policy list --ended",
            "sessionsigner policy list --json | jq '.policies[].ceiling'"
        )
    {
        Add(_ended);
    }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var answer = await WaitFor("Waiting for the daemon…", client.ListPoliciesAsync(arguments.GetValue(_ended), cancellationToken));
        var policies = answer.Policies.Select(PolicyView.From).ToList();
        var versions = answer.Versions.Select(PolicyVersionView.From).ToList();
        var roster = answer.Roster is { } found ? RosterView.From(found) : null;
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    answer.PinnedByConfiguration,
                    Policies = policies,
                    Versions = versions,
                    Roster = roster,
                }
            );
            return ExitCode.Ok;
        }

        PolicyView.WriteTable(report, policies);
        if (roster is null)
        {
            report.Line("Pinned by the daemon's configuration.");
            return ExitCode.Ok;
        }

        report.Heading("Versions");
        PolicyVersionView.WriteTable(report, versions);
        report.Heading("Approvers");
        roster.Write(report);

        return ExitCode.Ok;
    }
}
