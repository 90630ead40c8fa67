using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class SessionRevokeCommand : DaemonCommand
{
    private readonly Argument<string?> _session = new("SESSION")
    {
        Description = "Identifier of the session.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> _principal = new("--principal") { Description = "All sessions of this principal.", HelpName = "URI" };
    private readonly Option<string?> _policy = new("--policy") { Description = "All sessions under this policy.", HelpName = "NAME" };
    private readonly Option<string?> _primaryKey = new("--primary-key")
    {
        Description = "All sessions whose grant this key signed.",
        HelpName = "LABEL",
    };
    private readonly Option<bool> _all = new("--all") { Description = "Every session: the kill switch." };
    private readonly Option<string> _reason = new("--reason")
    {
        Description = "Why, for the audit log; 1 to 256 characters.",
        Required = true,
        HelpName = "TEXT",
    };

    public SessionRevokeCommand(CliHost host)
        : base(
            host,
            "revoke",
            "As an operator, wipe session keys and end sessions: one, or all of a principal, policy or primary key, or all.",
            "sessionsigner session revoke 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --reason 'bot misbehaves'",
            "sessionsigner session revoke --principal spiffe://desk.example/trader/alice --reason 'laptop stolen'",
            "sessionsigner session revoke --all --reason 'incident 42'"
        )
    {
        Add(_session);
        foreach (var option in new Option[] { _principal, _policy, _primaryKey, _all, _reason })
        {
            Add(option);
        }
    }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var answer = await WaitFor("Waiting for the daemon…", client.RevokeSessionsAsync(Read(arguments), cancellationToken));
        if (report.IsJson)
        {
            report.Json(new { SessionIds = answer.SessionIds.ToList(), answer.AuditIndex });
            return ExitCode.Ok;
        }

        foreach (var id in answer.SessionIds)
        {
            report.Line(id);
        }

        // A misspelt selector ends nothing, and in an incident that must not look like success.
        var ended = answer.SessionIds.Count;
        report.Verdict(
            ended > 0,
            ended > 0
                ? $"Sessions ended: {ended}; audit index {answer.AuditIndex}."
                : $"No open session was selected, so none was ended; audit index {answer.AuditIndex}."
        );
        return ExitCode.Ok;
    }

    private RevokeSessionsRequest Read(ParseResult arguments)
    {
        var request = new RevokeSessionsRequest { Reason = arguments.GetRequiredValue(_reason) };
        var selectors = 0;
        if (arguments.GetValue(_session) is { } session)
        {
            request.SessionId = session;
            selectors++;
        }

        if (arguments.GetValue(_principal) is { } principal)
        {
            request.Principal = principal;
            selectors++;
        }

        if (arguments.GetValue(_policy) is { } policy)
        {
            request.Policy = policy;
            selectors++;
        }

        if (arguments.GetValue(_primaryKey) is { } primaryKey)
        {
            request.PrimaryKey = primaryKey;
            selectors++;
        }

        if (arguments.GetValue(_all))
        {
            request.All = true;
            selectors++;
        }

        return selectors == 1
            ? request
            : throw new UsageException("Which sessions? Give exactly one of SESSION, --principal, --policy, --primary-key and --all.");
    }
}
