using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class PolicyReviewCommand : DaemonCommand
{
    private readonly Argument<string> _digest = new("DIGEST") { Description = "Digest of the version, as 'policy list' shows it." };
    private readonly Option<string?> _out = new("--out")
    {
        Description = "Write the text to sign to this new file; ssh-keygen puts the signature beside it.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _document = new("--document")
    {
        Description = "Write the document, canonical JSON, to this new file.",
        HelpName = "FILE",
    };

    public PolicyReviewCommand(CliHost host)
        : base(
            host,
            "review",
            "Show a version, its document and the text to sign, as an operator, approver or auditor; the digest is verified.",
            "sessionsigner policy review 0x… --out approval.txt --document desk.json",
            "ssh-keygen -Y sign -f ~/.ssh/id_ed25519_sk -n sessionsigner-policy@v1 approval.txt"
        )
    {
        Add(_digest);
        Add(_out);
        Add(_document);
    }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var digest = arguments.GetRequiredValue(_digest);
        var answer = await WaitFor("Waiting for the daemon…", client.GetPolicyVersionAsync(digest, cancellationToken));
        var statement = answer.Statement;
        if (arguments.GetValue(_out) is { } file)
        {
            if (statement.Length == 0)
            {
                throw new UsageException($"The version is {Names.Of(answer.Version.State)}; there is nothing to sign.");
            }

            await NewFile.WriteAsync(file, statement, cancellationToken);
        }

        var json = answer.DocumentJson.ToStringUtf8();
        if (arguments.GetValue(_document) is { } documentFile)
        {
            await NewFile.WriteAsync(documentFile, json, cancellationToken);
        }

        var selectors = SelectorView.Of(answer.DocumentJson.Span);
        var version = PolicyVersionView.From(answer.Version);
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    Version = version,
                    Document = EmbeddedJson.Parse(json),
                    Statement = statement,
                    Warnings = answer.Warnings.ToList(),
                    Selectors = selectors,
                }
            );
            return ExitCode.Ok;
        }

        version.Write(report, answer.Warnings);
        SelectorView.Write(report, selectors);
        report.Heading("Document");
        report.Line(json);
        if (statement.Length > 0)
        {
            report.Heading("What an approver signs");
            foreach (var line in statement.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                report.Line(line);
            }
        }

        return ExitCode.Ok;
    }
}
