using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class PolicyListCommand : DaemonCommand
{
    public PolicyListCommand(CliHost host)
        : base(
            host,
            "list",
            "List the policies in force, as an operator or auditor.",
            "sessionsigner policy list",
            "sessionsigner policy list --json | jq '.policies[].ceiling'"
        ) { }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var policies = (await WaitFor("Waiting for the daemon…", client.ListPoliciesAsync(cancellationToken)))
            .Select(PolicyView.From)
            .ToList();
        if (report.IsJson)
        {
            report.Json(new { Policies = policies });
        }
        else
        {
            PolicyView.WriteTable(report, policies);
        }

        return ExitCode.Ok;
    }
}
