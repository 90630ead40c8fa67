using System.CommandLine;
using System.Text.Json.Nodes;
using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>sessionsignerd policy lint|show: reads a policy file.</summary>
internal static class PolicyCommand
{
    public static Command Create()
    {
        var command = new Command("policy", "Read a policy file.");
        command.Subcommands.Add(CreateLint());
        command.Subcommands.Add(CreateShow());
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
        var command = new Command("show", "Print a policy's digest, to be pinned in the configuration, and its canonical JSON.")
        {
            file,
            json,
        };
        command.SetAction((result, _) => ShowAsync(result.GetRequiredValue(file), result.GetValue(json)));
        return command;
    }

    private static Argument<string> FileArgument() => new("FILE") { Description = "Policy in YAML or JSON." };

    private static async Task<int> LintAsync(string file, bool asJson)
    {
        if (await ReadAsync(file, asJson) is not { } policy)
        {
            return ExitCodes.Configuration;
        }
        var warnings = PolicyLint.Check(policy);
        if (asJson)
        {
            await PrintAsync(Describe(policy, warnings));
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
            await PrintAsync(Describe(policy, PolicyLint.Check(policy)));
            return ExitCodes.Ok;
        }
        // Whoever pins the digest sees it, though the output goes into a pipe.
        await PrintDangersAsync(Console.Error, PolicyLint.Check(policy));
        await Console.Out.WriteLineAsync($"name    {policy.Name}");
        await Console.Out.WriteLineAsync($"digest  {policy.Digest}");
        await Console.Out.WriteLineAsync(policy.CanonicalJson);
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

    private static async Task<Policy?> ReadAsync(string file, bool asJson)
    {
        if (PolicyFile.TryRead(file, out var policy, out var faults))
        {
            return policy;
        }
        if (asJson)
        {
            await PrintAsync(new JsonObject { ["file"] = file, ["faults"] = ToArray(faults) });
            return null;
        }
        foreach (var fault in faults)
        {
            await Console.Error.WriteLineAsync($"{file}: {fault}");
        }
        return null;
    }

    private static JsonObject Describe(Policy policy, IReadOnlyList<string> warnings) =>
        new()
        {
            ["name"] = policy.Name,
            ["digest"] = policy.Digest.ToString(),
            ["warnings"] = ToArray(warnings),
            ["policy"] = JsonNode.Parse(policy.CanonicalJson),
        };

    private static JsonArray ToArray(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];

    private static Task PrintAsync(JsonObject value) => Console.Out.WriteLineAsync(value.ToJsonString());
}
