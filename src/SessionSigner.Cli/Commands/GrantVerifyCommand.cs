using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.Grants;

namespace SessionSigner.Cli;

/// <summary>Works offline. With --online it also asks the daemon what no file can tell: whether it issued the grant and has since ended the session.</summary>
internal sealed class GrantVerifyCommand : CliCommand
{
    private const int GrantBytesMax = 131_072;

    private readonly Argument<string> _file = new("FILE") { Description = "The grant as JSON. - reads standard input." };
    private readonly Option<string> _audience = new("--audience")
    {
        Description = "Who relies on the grant; the grant must name it.",
        Required = true,
        HelpName = "NAME",
    };
    private readonly Option<long?> _at = new("--at") { Description = "Verify for this Unix time instead of now.", HelpName = "SECONDS" };
    private readonly Option<bool> _online = new("--online")
    {
        Description = "Also ask the daemon whether it issued the grant and its session is open.",
    };
    private readonly ConnectionOptions _connection = new();

    public GrantVerifyCommand(CliHost host)
        : base(
            host,
            "verify",
            "Verify a grant offline: form, scope hash, signature, audience, window; exits 4 if anything does not hold.",
            "sessionsigner grant verify grant.json --audience desk.example",
            "sessionsigner grant verify grant.json --audience desk.example --pin secp256k1:0x02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5",
            "sessionsigner grant verify grant.json --audience desk.example --online --profile auditor.profile"
        )
    {
        Add(_file);
        Add(_audience);
        Add(_at);
        Add(_online);
        _connection.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, Report report, CancellationToken cancellationToken)
    {
        var json = await InputFile.ReadAsync(Host, arguments.GetRequiredValue(_file), "grant", GrantBytesMax, cancellationToken);
        var audience = arguments.GetRequiredValue(_audience);
        var now = arguments.GetValue(_at) ?? Host.TimeProvider.GetUtcNow().ToUnixTimeSeconds();
        var pin = _connection.ReadPin(arguments, Host);
        var verification = GrantVerifier.Verify(json, audience, now, pin);
        var faults = verification.Faults.ToList();
        var online = arguments.GetValue(_online);
        if (online)
        {
            faults.AddRange(await AskAsync(arguments, InputFile.Text(json, "grant"), audience, cancellationToken));
        }

        var valid = verification.Grant is not null && faults.Count == 0;
        Write(report, verification, faults, valid, pin is not null, online);
        return valid ? ExitCode.Ok : ExitCode.NotVerified;
    }

    private static void Write(Report report, GrantVerification verification, List<string> faults, bool valid, bool pinned, bool online)
    {
        var grant = verification.Grant is null ? null : GrantView.From(verification.Grant.Signed);
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    Valid = valid,
                    PrimaryKeyPinned = pinned,
                    AskedDaemon = online,
                    Faults = faults,
                    Grant = grant,
                }
            );
            return;
        }

        report.Verdict(valid, valid ? "The grant verifies." : "The grant does not verify:");
        foreach (var fault in faults)
        {
            report.Line("  - " + fault);
        }

        grant?.Write(report);
        if (valid && !pinned)
        {
            report.Line("The primary key was not pinned: check 'signed by', or give it with --pin.");
        }

        if (valid && !online)
        {
            report.Line("Offline: whether the session has since been ended is not known; --online asks the daemon.");
        }
    }

    private async Task<IReadOnlyList<string>> AskAsync(
        ParseResult arguments,
        string json,
        string audience,
        CancellationToken cancellationToken
    )
    {
        using var client = SessionSignerClient.Connect(_connection.Read(arguments, Host));
        await using var progress = new ProgressLine(Host, "Waiting for the daemon…");
        var answer = await client.VerifyGrantAsync(json, audience, cancellationToken);
        return answer.Valid ? []
            : answer.Faults.Count > 0 ? answer.Faults.Select(f => "Daemon: " + f).ToList()
            : ["Daemon: the grant is not valid."];
    }
}
