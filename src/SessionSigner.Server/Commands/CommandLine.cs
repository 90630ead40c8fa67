using System.CommandLine;
using System.CommandLine.Help;

namespace SessionSigner.Server;

/// <summary>The commands of sessionsignerd. Without a command it runs the daemon.</summary>
internal static class CommandLine
{
    private const string Description = """
        sessionsignerd: signs within sessions that a primary key in a PKCS#11 token has authorised.

        Examples:
          sessionsignerd --config /etc/sessionsigner/sessionsignerd.yaml
          sessionsignerd check-config --config sessionsignerd.yaml
          sessionsignerd doctor --config sessionsignerd.yaml --json
          sessionsignerd init --folder ./trial --module /usr/lib/softhsm/libsofthsm2.so
          sessionsignerd policy show policies/desk.yaml
        """;

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> InvokeAsync(string[] arguments)
    {
        // Before anything else: nobody looks into this process.
        if (StartupGuard.FindRefused(Environment.GetEnvironmentVariable) is { Count: > 0 } refused)
        {
            await Console.Error.WriteLineAsync(
                $"sessionsignerd does not run with {string.Join(", ", refused)} set: code could be loaded into the process."
            );
            return ExitCodes.Environment;
        }
        if (StartupGuard.LeaveDiagnostics() is { } failure)
        {
            await Console.Error.WriteLineAsync(failure);
            return ExitCodes.Environment;
        }
        // Signals are the host's: it lets calls under way finish, and this library would end the process after two seconds.
        var parsed = BuildTree().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            return await ReportUsageAsync(parsed);
        }
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    /// <summary>The commands and their options.</summary>
    internal static RootCommand BuildTree()
    {
        var root = new RootCommand(Description);
        var config = ConfigOption();
        root.Options.Add(config);
        root.SetAction((result, cancellationToken) => RunCommand.RunAsync(result.GetRequiredValue(config), cancellationToken));
        root.Subcommands.Add(RunCommand.Create());
        root.Subcommands.Add(CheckConfigCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(InitCommand.Create());
        root.Subcommands.Add(PolicyCommand.Create());
        return root;
    }

    private static async Task<int> ReportUsageAsync(ParseResult parsed)
    {
        foreach (var error in parsed.Errors)
        {
            await Console.Error.WriteLineAsync($"error: {error.Message}");
        }
        var command = parsed.CommandResult.Command is RootCommand ? "" : $" {PathOf(parsed.CommandResult.Command)}";
        await Console.Error.WriteLineAsync($"Run 'sessionsignerd{command} --help' for what it takes.");
        return ExitCodes.Usage;
    }

    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault(parent => parent is not RootCommand) is { } parent
            ? $"{PathOf(parent)} {command.Name}"
            : command.Name;

    /// <summary>The option that names the configuration file.</summary>
    public static Option<string> ConfigOption() =>
        new("--config", "-c")
        {
            Description = "Configuration file (YAML). deploy/config/sessionsignerd.yaml describes every option.",
            Required = true,
            HelpName = "FILE",
        };

    /// <summary>The option that asks for JSON.</summary>
    public static Option<bool> JsonOption() => new("--json") { Description = "Print JSON, stable for scripts." };
}
