using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class PolicyApproveCommand : DaemonCommand
{
    private const int SignatureBytesMax = 8_192;

    private readonly Argument<string> _digest = new("DIGEST") { Description = "Digest of the version, as 'policy list' shows it." };
    private readonly Option<string> _signature = new("--signature")
    {
        Description = "What 'ssh-keygen -Y sign' wrote.",
        Required = true,
        HelpName = "FILE",
    };

    public PolicyApproveCommand(CliHost host)
        : base(
            host,
            "approve",
            "As an approver, bring your signature of a version; says how many are missing.",
            "sessionsigner policy approve 0x… --signature approval.txt.sig"
        )
    {
        Add(_digest);
        Add(_signature);
    }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var signature = InputFile.ReadText(arguments.GetRequiredValue(_signature), "signature", SignatureBytesMax);
        var call = client.ApprovePolicyAsync(arguments.GetRequiredValue(_digest), signature, cancellationToken);
        var answer = await WaitFor("Waiting for the daemon…", call);
        var version = PolicyVersionView.From(answer.Version);
        if (report.IsJson)
        {
            report.Json(new { Version = version, answer.AuditIndex });
            return ExitCode.Ok;
        }

        version.Write(report, []);
        return ExitCode.Ok;
    }
}
