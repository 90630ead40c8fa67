using System.CommandLine;
using System.Text;
using SessionSigner.Client;
using SessionSigner.Grants;

namespace SessionSigner.Cli;

internal sealed class GrantShowCommand : DaemonCommand
{
    private readonly Argument<string> _grant = new("GRANT") { Description = "Identifier of the grant, or of its session." };
    private readonly Option<string?> _out = new("--out") { Description = "Write the grant to this new file instead.", HelpName = "FILE" };

    public GrantShowCommand(CliHost host)
        : base(
            host,
            "show",
            "Show a grant the daemon issued. --json writes the grant itself, ready for any verifier.",
            "sessionsigner grant show 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d",
            "sessionsigner grant show 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --out grant.json"
        )
    {
        Add(_grant);
        Add(_out);
    }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var id = arguments.GetRequiredValue(_grant);
        var json = await WaitFor("Waiting for the daemon…", ReadAsync(client, id, cancellationToken));
        if (arguments.GetValue(_out) is { } path)
        {
            await NewFile.WriteAsync(path, json, cancellationToken);
            report.Line($"Written to {path}. Verify it: sessionsigner grant verify {path} --audience NAME");
            return ExitCode.Ok;
        }

        if (report.IsJson)
        {
            // As it is, not re-formatted: its bytes are what others verify.
            report.Line(json);
            return ExitCode.Ok;
        }

        if (!GrantCodec.TryParse(Encoding.UTF8.GetBytes(json), out var grant, out var fault) || grant is null)
        {
            throw new SignerVerificationException("grant", [fault]);
        }

        GrantView.From(grant.Signed).Write(report);
        report.Line($"Not verified here; run: sessionsigner grant show {id} --json | sessionsigner grant verify - --audience NAME");
        return ExitCode.Ok;
    }

    private static async Task<string> ReadAsync(SessionSignerClient client, string id, CancellationToken cancellationToken)
    {
        var grantId = id.StartsWith("0x", StringComparison.Ordinal) ? id : (await client.GetSessionAsync(id, cancellationToken)).GrantId;
        return (await client.GetGrantAsync(grantId, cancellationToken)).GrantJson;
    }
}
