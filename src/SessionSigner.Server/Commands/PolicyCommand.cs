using System.CommandLine;
using System.Text.Json.Nodes;
using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>sessionsignerd policy lint|show|diff|test|replay: reads policy files.</summary>
internal static class PolicyCommand
{
    public static Command Create()
    {
        var command = new Command("policy", "Read, compare and try policy files.");
        command.Subcommands.Add(CreateLint());
        command.Subcommands.Add(CreateShow());
        command.Subcommands.Add(PolicyDiffCommand.Create());
        command.Subcommands.Add(PolicyTestCommand.Create());
        command.Subcommands.Add(PolicyReplayCommand.Create());
        return command;
    }

    private static Command CreateLint()
    {
        var file = FileArgument();
        var json = CommandLine.JsonOption();
        var command = new Command("lint", "Warn of what a policy allows that it may not mean. Exit code 1 if there is a warning.")
        {
            file,
            json,
        };
        command.SetAction((result, _) => LintAsync(result.GetRequiredValue(file), result.GetValue(json)));
        return command;
    }

    private static Command CreateShow()
    {
        var file = FileArgument();
        var json = CommandLine.JsonOption();
        var command = new Command(
            "show",
            "Print a policy's digest, to be pinned in the configuration, the selectors of its functions, and its canonical JSON."
        )
        {
            file,
            json,
        };
        command.SetAction((result, _) => ShowAsync(result.GetRequiredValue(file), result.GetValue(json)));
        return command;
    }

    internal static Argument<string> FileArgument() => new("FILE") { Description = "Policy in YAML or JSON." };

    private static async Task<int> LintAsync(string file, bool asJson)
    {
        if (await ReadAsync(file, asJson) is not { } policy)
        {
            return ExitCodes.Configuration;
        }
        var warnings = PolicyLint.Check(policy);
        if (asJson)
        {
            await PrintAsync(PolicyView.Json(policy, warnings));
        }
        else
        {
            await PrintDangersAsync(Console.Out, warnings);
            foreach (var warning in warnings.Where(warning => !IsDanger(warning)))
            {
                await Console.Out.WriteLineAsync($"warning: {warning}");
            }
            await Console.Out.WriteLineAsync($"{file}: {Plural.Of(warnings.Count, "warning", "warnings")}, digest {policy.Digest}");
        }
        return warnings.Count == 0 ? ExitCodes.Ok : ExitCodes.Found;
    }

    private static async Task<int> ShowAsync(string file, bool asJson)
    {
        if (await ReadAsync(file, asJson) is not { } policy)
        {
            return ExitCodes.Configuration;
        }
        if (asJson)
        {
            await PrintAsync(PolicyView.Json(policy, PolicyLint.Check(policy)));
            return ExitCodes.Ok;
        }
        // Whoever pins the digest sees it, though the output goes into a pipe.
        await PrintDangersAsync(Console.Error, PolicyLint.Check(policy));
        foreach (var line in PolicyView.Lines(policy))
        {
            await Console.Out.WriteLineAsync(line);
        }
        return ExitCodes.Ok;
    }

    private static async Task PrintDangersAsync(TextWriter writer, IReadOnlyList<string> warnings)
    {
        var bar = new string('!', 100);
        foreach (var danger in warnings.Where(IsDanger))
        {
            await writer.WriteLineAsync($"{bar}\n{danger}\n{bar}");
        }
    }

    private static bool IsDanger(string warning) => warning.StartsWith(PolicyLint.Danger, StringComparison.Ordinal);

    /// <summary>Reads a policy, or prints its faults.</summary>
    internal static async Task<Policy?> ReadAsync(string file, bool asJson)
    {
        if (PolicyFile.TryRead(file, out var policy, out var faults))
        {
            return policy;
        }
        await ReportAsync(file, faults, asJson);
        return null;
    }

    /// <summary>Prints what is wrong with a file.</summary>
    internal static async Task ReportAsync(string file, IReadOnlyList<string> faults, bool asJson)
    {
        if (asJson)
        {
            await PrintAsync(new JsonObject { ["file"] = file, ["faults"] = ToArray(faults) });
            return;
        }
        foreach (var fault in faults)
        {
            await Console.Error.WriteLineAsync($"{file}: {fault}");
        }
    }

    internal static JsonArray ToArray(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];

    internal static Task PrintAsync(JsonObject value) => Console.Out.WriteLineAsync(value.ToJsonString());
}
