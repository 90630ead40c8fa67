using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class PolicyActivateCommand : DaemonCommand
{
    private readonly Argument<string> _digest = new("DIGEST") { Description = "Digest of the version, as 'policy list' shows it." };

    public PolicyActivateCommand(CliHost host)
        : base(
            host,
            "activate",
            "As an operator, put a version in force that is approved and whose time lock has passed; sessions under the one before end.",
            "sessionsigner policy activate 0x…"
        )
    {
        Add(_digest);
    }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var call = client.ActivatePolicyAsync(arguments.GetRequiredValue(_digest), cancellationToken);
        var answer = await WaitFor("Waiting for the daemon…", call);
        return PolicyVersionView.WriteChange(report, answer.Version, answer.EndedSessionIds, answer.AuditIndex);
    }
}
