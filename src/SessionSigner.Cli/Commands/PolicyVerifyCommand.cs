using System.CommandLine;
using SessionSigner.Grants;

namespace SessionSigner.Cli;

/// <summary>Works offline: says whether a quorum has signed the text of an approval.</summary>
internal sealed class PolicyVerifyCommand : CliCommand
{
    private const int StatementBytesMax = 4_096;
    private const int SignatureBytesMax = 8_192;

    private readonly Argument<string> _statement = new("FILE")
    {
        Description = "The text that 'policy statement' wrote; - reads standard input.",
    };
    private readonly Option<string> _roster = new("--roster")
    {
        Description = "The roster in force, as JSON.",
        Required = true,
        HelpName = "FILE",
    };
    private readonly Option<string[]> _signatures = new("--signature")
    {
        Description = "A signature that ssh-keygen wrote; may be given several times.",
        HelpName = "FILE",
    };
    private readonly Option<long?> _at = new("--at") { Description = "Verify for this Unix time instead of now.", HelpName = "SECONDS" };

    public PolicyVerifyCommand(CliHost host)
        : base(
            host,
            "verify",
            "Verify the signatures under an approval offline: who has signed, who is missing, what does not count and why; exits 4 without a quorum.",
            "sessionsigner policy verify approval.txt --roster roster.json --signature alice.sig --signature bob.sig"
        )
    {
        Add(_statement);
        Add(_roster);
        Add(_signatures);
        Add(_at);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, Report report, CancellationToken cancellationToken)
    {
        var path = arguments.GetRequiredValue(_statement);
        var bytes = await InputFile.ReadAsync(Host, path, "approval", StatementBytesMax, cancellationToken);
        if (!ApprovalStatement.TryParse(InputFile.Text(bytes, "approval"), out var statement, out var fault))
        {
            throw new UsageException($"The approval {path} is not one: {fault}");
        }

        var roster = await RosterFile.ReadAsync(Host, arguments.GetRequiredValue(_roster), cancellationToken);
        var files = arguments.GetValue(_signatures) ?? [];
        var signatures = files.Select(file => InputFile.ReadText(file, "signature", SignatureBytesMax)).ToList();
        var now = arguments.GetValue(_at) ?? Host.TimeProvider.GetUtcNow().ToUnixTimeSeconds();
        var decision = Quorum.Check(statement, roster, signatures, now);
        Write(report, statement, decision, files);
        return decision.IsReached ? ExitCode.Ok : ExitCode.NotVerified;
    }

    private static void Write(Report report, ApprovalStatement statement, QuorumDecision decision, string[] files)
    {
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    decision.IsReached,
                    decision.Threshold,
                    decision.Faults,
                    Signed = decision.Signed.Select(signed => new
                    {
                        signed.Approver.Name,
                        signed.Approver.Key.Fingerprint,
                        File = files[signed.Index],
                    }),
                    decision.Missing,
                    Refused = decision.Refused.Select(refused => new
                    {
                        File = files[refused.Index],
                        refused.Approver,
                        refused.Fault,
                    }),
                    statement.Text,
                }
            );
            return;
        }

        foreach (var line in statement.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            report.Line("  " + line);
        }

        report.Verdict(
            decision.IsReached,
            decision.IsReached
                ? $"Approved by {decision.Signed.Count}; it takes {decision.Threshold}."
                : $"Not approved: {decision.Signed.Count} of {decision.Threshold}."
        );
        foreach (var found in decision.Faults)
        {
            report.Line("  - " + found);
        }

        foreach (var signed in decision.Signed)
        {
            report.Line($"  signed   {signed.Approver.Name}  {signed.Approver.Key.Type}  {signed.Approver.Key.Fingerprint}");
        }

        foreach (var name in decision.Missing)
        {
            report.Line($"  missing  {name}");
        }

        foreach (var refused in decision.Refused)
        {
            var name = refused.Approver.Length > 0 ? $" ({refused.Approver})" : "";
            report.Line($"  refused  {files[refused.Index]}{name}: {refused.Fault}");
        }
    }
}
