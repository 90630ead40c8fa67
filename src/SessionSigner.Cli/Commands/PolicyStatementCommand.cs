using System.CommandLine;
using System.Globalization;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Cli;

/// <summary>Works offline: writes the text that an approver reads and signs with OpenSSH. Signs nothing itself.</summary>
internal sealed class PolicyStatementCommand : CliCommand
{
    private readonly Argument<string> _action = new("ACTION") { Description = "What to approve: activate or roster." };
    private readonly Option<string?> _policy = new("--policy") { Description = "The policy's name.", HelpName = "NAME" };
    private readonly Option<string?> _digest = new("--digest")
    {
        Description = "The version's digest, as 'policy show' prints it for the file you have reviewed.",
        HelpName = "DIGEST",
    };
    private readonly Option<string?> _previous = new("--previous")
    {
        Description = "For activate: digest of the version in force, or none.",
        HelpName = "DIGEST|none",
    };
    private readonly Option<string> _roster = new("--roster")
    {
        Description = "The roster in force, as JSON; - reads standard input.",
        Required = true,
        HelpName = "FILE",
    };
    private readonly Option<string?> _newRoster = new("--new-roster")
    {
        Description = "For roster: the roster that takes over, as JSON.",
        HelpName = "FILE",
    };
    private readonly Option<string> _daemon = new("--daemon")
    {
        Description = "The daemon it is for: journal.origin of its configuration.",
        Required = true,
        HelpName = "ORIGIN",
    };
    private readonly Option<string?> _expiresIn = new("--expires-in")
    {
        Description = "How long the approval is good, at most 31d; or give --expires.",
        HelpName = "TIME",
    };
    private readonly Option<string?> _expires = new("--expires")
    {
        Description = "When the approval ends, as 'policy list' says: 2030-01-31T12:00:00Z.",
        HelpName = "UTC",
    };
    private readonly Option<string?> _out = new("--out")
    {
        Description = "Write the text to this new file; ssh-keygen puts the signature beside it.",
        HelpName = "FILE",
    };

    public PolicyStatementCommand(CliHost host)
        : base(
            host,
            "statement",
            "Write the text that approvers sign with ssh-keygen to bring a policy or a roster into force. Works offline; all approvers sign the same text.",
            "sessionsigner policy statement activate --policy desk --digest 0x… --previous none --roster roster.json --daemon desk.example/sessionsigner --expires-in 7d --out approval.txt",
            "ssh-keygen -Y sign -f ~/.ssh/id_ed25519_sk -n " + ApprovalStatement.SignatureNamespace + " approval.txt",
            "sessionsigner policy statement roster --new-roster next.json --roster roster.json --daemon desk.example/sessionsigner --expires-in 1d"
        )
    {
        _action.AcceptOnlyFromAmong("activate", "roster");
        Add(_action);
        Add(_policy);
        Add(_digest);
        Add(_previous);
        Add(_roster);
        Add(_newRoster);
        Add(_daemon);
        Add(_expiresIn);
        Add(_expires);
        Add(_out);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, Report report, CancellationToken cancellationToken)
    {
        var statement = await MakeAsync(arguments, cancellationToken);
        var path = arguments.GetValue(_out);
        if (path is not null)
        {
            await NewFile.WriteAsync(path, statement.Text, cancellationToken);
        }

        if (report.IsJson)
        {
            report.Json(
                new
                {
                    statement.Text,
                    Sha256 = statement.Hash.ToString(),
                    Namespace = ApprovalStatement.SignatureNamespace,
                    File = path,
                }
            );
            return ExitCode.Ok;
        }

        // The bytes as they are signed, so that standard output may be redirected into a file as well.
        await Host.Output.WriteAsync(statement.Text);
        await Host.Error.WriteLineAsync(
            $"Read it, then sign it: ssh-keygen -Y sign -f KEY -n {ApprovalStatement.SignatureNamespace} {SafeText.Escape(path ?? "FILE")}"
        );
        return ExitCode.Ok;
    }

    private async Task<ApprovalStatement> MakeAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var action = arguments.GetRequiredValue(_action);
        RefuseOthers(arguments, action);
        var roster = await RosterFile.ReadAsync(Host, arguments.GetRequiredValue(_roster), cancellationToken);
        var daemon = arguments.GetRequiredValue(_daemon);
        var expires = Expires(arguments);
        try
        {
            return action switch
            {
                "activate" => ApprovalStatement.Activate(
                    Required(arguments, _policy),
                    Digest(arguments, _digest),
                    Required(arguments, _previous) == "none" ? null : Digest(arguments, _previous),
                    roster.Digest,
                    daemon,
                    expires
                ),
                _ => ApprovalStatement.ChangeRoster(
                    (await RosterFile.ReadAsync(Host, Required(arguments, _newRoster), cancellationToken)).Digest,
                    roster.Digest,
                    daemon,
                    expires
                ),
            };
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"{e.ParamName}: {e.Message.Split(" (Parameter", 2)[0]}", e);
        }
    }

    private long Expires(ParseResult arguments)
    {
        var now = Host.TimeProvider.GetUtcNow().ToUnixTimeSeconds();
        var expires = (arguments.GetValue(_expiresIn), arguments.GetValue(_expires)) switch
        {
            ({ } duration, null) => now + (long)Duration.Parse(duration, _expiresIn.Name).TotalSeconds,
            (null, { } text) => DateTimeOffset.TryParseExact(
                text,
                "yyyy-MM-dd'T'HH:mm:ss'Z'",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
                ? time.ToUnixTimeSeconds()
                : throw new UsageException("--expires must be a UTC time such as 2030-01-31T12:00:00Z."),
            _ => throw new UsageException("When does the approval end? Give one of --expires-in and --expires."),
        };
        return expires - now <= ApprovalStatement.ValiditySecondsMax
            ? expires
            : throw new UsageException("--expires-in is at most 31d; a daemon refuses what is good for longer.");
    }

    // An option that the action does not sign would mislead whoever typed it.
    private void RefuseOthers(ParseResult arguments, string action)
    {
        Option<string?>[] unused = action switch
        {
            "activate" => [_newRoster],
            _ => [_policy, _digest, _previous],
        };
        foreach (var option in unused.Where(option => arguments.GetValue(option) is not null))
        {
            throw new UsageException($"{option.Name} has no place in the approval of '{action}'.");
        }
    }

    private static string Required(ParseResult arguments, Option<string?> option) =>
        arguments.GetValue(option) ?? throw new UsageException($"{option.Name} is missing.");

    private static Hash32 Digest(ParseResult arguments, Option<string?> option) =>
        Parsing.Bytes(Required(arguments, option)) is { Length: Hash32.Size } bytes
            ? new Hash32(bytes)
            : throw new UsageException($"{option.Name} must be 0x and 64 lower-case hexadecimal digits.");
}
