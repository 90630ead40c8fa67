using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class SessionOpenCommand : DaemonCommand
{
    private const int NarrowingBytesMax = 131_072;

    private readonly Option<string> _policy = new("--policy")
    {
        Description = "Policy to open under.",
        Required = true,
        HelpName = "NAME",
    };
    private readonly Option<string?> _primaryKey = new("--primary-key")
    {
        Description = "Label of the primary key, if the policy names several.",
        HelpName = "LABEL",
    };
    private readonly Option<string?> _account = new("--account")
    {
        Description = "Account to act for, checksummed, if the policy names several.",
        HelpName = "0x…",
    };
    private readonly Option<string?> _audience = new("--audience")
    {
        Description = "Who will rely on the grant, if the policy names several.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _lifetime = new("--lifetime")
    {
        Description = "How long it lasts, such as 15m or 8h. Default: as the policy allows.",
        HelpName = "TIME",
    };
    private readonly Option<string?> _narrowing = new("--narrowing")
    {
        Description = "Scope JSON that takes away from the policy's ceiling; - reads standard input.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _grantOut = new("--grant-out")
    {
        Description = "Also write the verified grant to this new file.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _requestId = new("--request-id")
    {
        Description = "Identifier that makes a repetition safe. Default: a random one.",
        HelpName = "ID",
    };

    public SessionOpenCommand(CliHost host)
        : base(
            host,
            "open",
            "Open a session and verify its grant.",
            "sessionsigner session open --policy desk",
            "sessionsigner session open --policy desk --lifetime 8h --narrowing small-orders.json --grant-out grant.json",
            "sessionsigner session open --policy desk --json | jq -r .session.session_id"
        )
    {
        foreach (var option in new Option[] { _policy, _primaryKey, _account, _audience, _lifetime, _narrowing, _grantOut, _requestId })
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
        var grantOut = arguments.GetValue(_grantOut);
        if (grantOut is not null && File.Exists(grantOut))
        {
            throw new UsageException($"{grantOut} exists; give a new file to --grant-out.");
        }

        var options = await ReadAsync(arguments, cancellationToken);
        var opened = await WaitFor("Waiting for the primary key to sign the grant…", client.OpenSessionAsync(options, cancellationToken));
        if (grantOut is not null)
        {
            await NewFile.WriteAsync(grantOut, opened.GrantJson, cancellationToken);
        }

        var session = SessionView.From(opened.Session);
        var key = opened.Grant.Grant.PrimaryKey;
        var primary = PublicKeyText.Format(key.CurveName, key.Compressed.Span);
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    Session = session,
                    Grant = EmbeddedJson.Parse(opened.GrantJson),
                    GrantVerified = true,
                    PrimaryPublicKey = primary,
                    opened.AuditIndex,
                }
            );
            return ExitCode.Ok;
        }

        session.Write(report);
        report.Heading("Grant");
        report.Fields(
            ("audience", opened.Grant.Grant.Audience),
            ("signed by", primary),
            ("audit index", $"{opened.AuditIndex}"),
            ("file", grantOut ?? "")
        );
        report.Verdict(
            true,
            client.Options.PinnedPrimaryKey is null
                ? "The grant verifies (primary key not pinned)."
                : "The grant verifies, by the pinned primary key."
        );
        return ExitCode.Ok;
    }

    private async Task<OpenSessionOptions> ReadAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var narrowing = arguments.GetValue(_narrowing) is { } file
            ? InputFile.Text(await InputFile.ReadAsync(Host, file, "narrowing", NarrowingBytesMax, cancellationToken), "narrowing")
            : "";
        return new OpenSessionOptions
        {
            Policy = arguments.GetRequiredValue(_policy),
            PrimaryKey = arguments.GetValue(_primaryKey) ?? "",
            Account = arguments.GetValue(_account) ?? "",
            Audience = arguments.GetValue(_audience) ?? "",
            LifetimeSeconds = arguments.GetValue(_lifetime) is { } lifetime ? (uint)Duration.Parse(lifetime, "--lifetime").TotalSeconds : 0,
            NarrowingJson = narrowing,
            RequestId = arguments.GetValue(_requestId),
        };
    }
}
