using System.CommandLine;
using System.CommandLine.Help;

namespace SessionSigner.Cli;

/// <summary>The command tree and how it is run.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliHost host, CancellationToken cancellationToken = default)
    {
        if (ForwardedCommand.Matches(host, arguments))
        {
            var json = ForwardedCommand.AsksJson(arguments);
            return await CommandRunner.RunAsync(host, json, () => ForwardedCommand.RunAsync(host, arguments, cancellationToken));
        }

        var parsed = BuildTree(host).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not ExamplesHelpAction)
        {
            return ReportUsage(parsed, host);
        }

        var invocation = new InvocationConfiguration
        {
            Output = host.Output,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
        };
        return await parsed.InvokeAsync(invocation, cancellationToken);
    }

    public static RootCommand BuildTree(CliHost host)
    {
        var root = new RootCommand(
            "Opens signing sessions on a SessionSigner daemon, signs within their scope, and verifies grants and the audit log."
        )
        {
            new CommandGroup("session", "Open, show, watch, close and revoke sessions.", "sessionsigner session open --policy desk")
            {
                new SessionOpenCommand(host),
                new SessionListCommand(host),
                new SessionShowCommand(host),
                new SessionWatchCommand(host),
                new SessionCloseCommand(host),
                new SessionRevokeCommand(host),
            },
            new CommandGroup("sign", "Sign within a session's scope.", "sessionsigner sign tx --session ID transfer.hex")
            {
                new SignTransactionCommand(host),
                new SignTypedDataCommand(host),
                new SignMessageCommand(host),
                new SignDigestCommand(host),
                new SignUserOperationCommand(host),
            },
            new CommandGroup(
                "evaluate",
                "Say what signing would decide and why; consumes nothing.",
                "sessionsigner evaluate tx --session ID transfer.hex"
            )
            {
                new EvaluateTransactionCommand(host),
                new EvaluateTypedDataCommand(host),
                new EvaluateMessageCommand(host),
                new EvaluateDigestCommand(host),
                new EvaluateUserOperationCommand(host),
            },
            new CommandGroup(
                "order",
                "Say what became of signed orders.",
                "sessionsigner order release --session ID --outcome void REQUEST_ID"
            )
            {
                new OrderReleaseCommand(host),
            },
            new CommandGroup("grant", "Show and verify grants.", "sessionsigner grant verify grant.json --audience desk.example")
            {
                new GrantShowCommand(host),
                new GrantVerifyCommand(host),
            },
            new CommandGroup("policy", "List, check, compare, try and approve policies.", "sessionsigner policy list")
            {
                new PolicyListCommand(host),
                ForwardedCommand.PolicyLint.ToCommand(),
                ForwardedCommand.PolicyShow.ToCommand(),
                ForwardedCommand.PolicyDiff.ToCommand(),
                ForwardedCommand.PolicyTest.ToCommand(),
                ForwardedCommand.PolicyReplay.ToCommand(),
                new PolicyProposeCommand(host),
                new PolicyReviewCommand(host),
                new PolicyStatementCommand(host),
                new PolicyApproveCommand(host),
                new PolicyVerifyCommand(host),
                new PolicyActivateCommand(host),
                new PolicyRetireCommand(host),
            },
            new CustodyCommand(host),
            new CommandGroup("audit", "Read, export and verify the audit log.", "sessionsigner audit verify")
            {
                new AuditListCommand(host),
                new AuditTailCommand(host),
                new AuditExportCommand(host),
                new AuditVerifyCommand(host),
            },
            new HealthCommand(host),
            ForwardedCommand.Init.ToCommand(),
            ForwardedCommand.Doctor.ToCommand(),
            ForwardedCommand.CheckConfig.ToCommand(),
        };
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new ExamplesHelpAction((HelpAction)help.Action!);
        }

        return root;
    }

    private static int ReportUsage(ParseResult parsed, CliHost host)
    {
        // "Required command was not provided" says nothing more when a word was not understood.
        if (parsed.UnmatchedTokens.Count == 0 && parsed.CommandResult.Command is { Subcommands.Count: > 0 } group)
        {
            host.Error.WriteLine($"error: Give a command: {string.Join(", ", group.Subcommands.Select(c => c.Name))}.");
            host.Error.WriteLine($"Run '{CommandPath.Of(group)} --help' for what it takes, with examples.");
            return ExitCode.Usage;
        }

        var errors = parsed.UnmatchedTokens.Count > 0 ? parsed.Errors.Skip(1) : parsed.Errors;
        foreach (var error in errors.DefaultIfEmpty(parsed.Errors[0]))
        {
            host.Error.WriteLine("error: " + SafeText.Escape(error.Message));
        }

        host.Error.WriteLine($"Run '{CommandPath.Of(parsed.CommandResult.Command)} --help' for what it takes, with examples.");
        return ExitCode.Usage;
    }
}
