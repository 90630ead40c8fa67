using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class SessionShowCommand : DaemonCommand
{
    private readonly Argument<string> _session = new("SESSION") { Description = "Identifier of the session." };

    public SessionShowCommand(CliHost host)
        : base(
            host,
            "show",
            "Show one session with what is left of its budgets and rates.",
            "sessionsigner session show 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d",
            "sessionsigner session show 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --json | jq .headroom"
        ) => Add(_session);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var id = arguments.GetRequiredValue(_session);
        var session = SessionView.From(await WaitFor("Waiting for the daemon…", client.GetSessionAsync(id, cancellationToken)));
        if (report.IsJson)
        {
            report.Json(session);
        }
        else
        {
            session.Write(report);
        }

        return ExitCode.Ok;
    }
}
