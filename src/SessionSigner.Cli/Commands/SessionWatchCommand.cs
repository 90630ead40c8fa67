using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class SessionWatchCommand : DaemonCommand
{
    private readonly Argument<string> _session = new("SESSION") { Description = "Identifier of the session." };

    public SessionWatchCommand(CliHost host)
        : base(
            host,
            "watch",
            "Follow a session until it ends: one line for every change. JSON is one document a line.",
            "sessionsigner session watch 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d",
            "sessionsigner session watch 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --json | jq -c .signatures"
        ) => Add(_session);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var last = "";
        await foreach (var message in client.WatchSessionAsync(arguments.GetRequiredValue(_session), cancellationToken))
        {
            var session = SessionView.From(message);
            if (report.IsJson)
            {
                report.JsonLine(session);
                continue;
            }

            // The daemon repeats itself so that a lost connection is noticed; a person wants the changes.
            var line = Describe(session);
            if (line != last)
            {
                report.Line($"{Names.TimeMs(Host.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds())}  {line}");
                last = line;
            }
        }

        return ExitCode.Ok;
    }

    private static string Describe(SessionView session)
    {
        var state = session.EndReason.Length > 0 ? $"{session.State} ({session.EndReason})" : session.State;
        var headroom = session.Headroom.Select(h => $"{h.Rule} {Names.Amount(h.Remaining)} of {Names.Amount(h.Limit)}");
        return string.Join("  ", new[] { state, $"{session.Signatures} signatures" }.Concat(headroom));
    }
}
