using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class SessionListCommand : DaemonCommand
{
    private readonly Option<bool> _ended = new("--ended") { Description = "Also those that have ended." };
    private readonly Option<int> _limit = new("--limit")
    {
        Description = "Most sessions to list.",
        HelpName = "N",
        DefaultValueFactory = _ => 100,
    };

    public SessionListCommand(CliHost host)
        : base(
            host,
            "list",
            "List your sessions, newest first; operators and auditors see all.",
            "sessionsigner session list",
            "sessionsigner session list --ended --limit 1000 --json"
        )
    {
        Add(_ended);
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
        if (limit < 1)
        {
            throw new UsageException("--limit takes a number from 1 on.");
        }

        var sessions = await WaitFor("Reading sessions…", ReadAsync(client, arguments.GetValue(_ended), limit, cancellationToken));
        if (report.IsJson)
        {
            report.Json(new { Sessions = sessions });
        }
        else
        {
            SessionView.WriteTable(report, sessions);
        }

        return ExitCode.Ok;
    }

    private static async Task<List<SessionView>> ReadAsync(
        SessionSignerClient client,
        bool ended,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var sessions = new List<SessionView>();
        await foreach (var session in client.ListSessionsAsync(ended, cancellationToken))
        {
            sessions.Add(SessionView.From(session));
            if (sessions.Count == limit)
            {
                break;
            }
        }

        return sessions;
    }
}
