using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class CustodyCommand : DaemonCommand
{
    public CustodyCommand(CliHost host)
        : base(
            host,
            "custody",
            "Report what keys exist, who may use them for what, and how session keys are held, as an auditor or operator.",
            "sessionsigner custody",
            "sessionsigner custody --json | jq '.primary_keys[] | select(.extractable)'"
        ) { }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var view = CustodyView.From(await WaitFor("Waiting for the daemon…", client.GetCustodyReportAsync(cancellationToken)));
        if (report.IsJson)
        {
            report.Json(view);
        }
        else
        {
            view.Write(report);
        }

        return ExitCode.Ok;
    }
}
