using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class SessionCloseCommand : DaemonCommand
{
    private readonly Argument<string> _session = new("SESSION") { Description = "Identifier of the session." };

    public SessionCloseCommand(CliHost host)
        : base(
            host,
            "close",
            "Wipe the session key and end your session. Closing an ended session is not an error.",
            "sessionsigner session close 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d"
        ) => Add(_session);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var id = arguments.GetRequiredValue(_session);
        var answer = await WaitFor("Waiting for the daemon…", client.CloseSessionAsync(id, cancellationToken));
        var session = SessionView.From(answer.Session);
        if (report.IsJson)
        {
            report.Json(new { Session = session, answer.AuditIndex });
        }
        else
        {
            report.Verdict(
                true,
                $"Session {session.SessionId} has ended ({session.EndReason}) after {session.Signatures} signatures; audit index {answer.AuditIndex}."
            );
        }

        return ExitCode.Ok;
    }
}
