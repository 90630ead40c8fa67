using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class PolicyRetireCommand : DaemonCommand
{
    private readonly Argument<string> _digest = new("DIGEST") { Description = "Digest of the version, as 'policy list' shows it." };
    private readonly Option<string> _reason = new("--reason")
    {
        Description = "Why, for the audit log; 1 to 256 characters.",
        Required = true,
        HelpName = "TEXT",
    };

    public PolicyRetireCommand(CliHost host)
        : base(
            host,
            "retire",
            "As an operator, withdraw a version for good: sessions under it end, none opens any more. Needs no approval.",
            "sessionsigner policy retire 0x… --reason 'incident 42'"
        )
    {
        Add(_digest);
        Add(_reason);
    }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var reason = arguments.GetRequiredValue(_reason);
        var call = client.RetirePolicyAsync(arguments.GetRequiredValue(_digest), reason, cancellationToken);
        var answer = await WaitFor("Waiting for the daemon…", call);
        return PolicyVersionView.WriteChange(report, answer.Version, answer.EndedSessionIds, answer.AuditIndex);
    }
}
