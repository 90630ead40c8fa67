using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class PolicyProposeCommand : DaemonCommand
{
    private readonly Argument<string> _file = new("FILE")
    {
        Description = "The policy in JSON or YAML, or the roster in JSON; - reads JSON from standard input.",
    };
    private readonly Option<bool> _roster = new("--roster") { Description = "The file is a roster of approvers." };

    public PolicyProposeCommand(CliHost host)
        : base(
            host,
            "propose",
            "As an operator, propose a version of a policy, or of the roster of approvers; says what is needed next.",
            "sessionsigner policy propose policies/desk.yaml",
            "sessionsigner policy propose roster.json --roster"
        )
    {
        Add(_file);
        Add(_roster);
    }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var isRoster = arguments.GetValue(_roster);
        var document = await PolicyDocumentFile.ReadAsync(Host, arguments.GetRequiredValue(_file), isRoster, cancellationToken);
        var kind = isRoster ? PolicyDocumentKind.Roster : PolicyDocumentKind.Policy;
        var answer = await WaitFor("Waiting for the daemon…", client.ProposePolicyAsync(kind, document, cancellationToken));
        var version = PolicyVersionView.From(answer.Version);
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    Version = version,
                    answer.Statement,
                    Warnings = answer.Warnings.ToList(),
                    answer.AuditIndex,
                }
            );
            return ExitCode.Ok;
        }

        version.Write(report, answer.Warnings);
        return ExitCode.Ok;
    }
}
