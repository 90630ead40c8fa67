using System.CommandLine;
using System.Text.Json.Nodes;
using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>sessionsignerd policy test: runs cases against a policy.</summary>
internal static class PolicyTestCommand
{
    public static Command Create()
    {
        var file = PolicyCommand.FileArgument();
        var cases = new Argument<string[]>("CASES")
        {
            Description = "Files of cases in YAML or JSON; proto/spec/policy.md describes them.",
            Arity = ArgumentArity.OneOrMore,
        };
        var json = CommandLine.JsonOption();
        var command = new Command(
            "test",
            "Run cases against a policy: requests in order, and what it should say of each. Decides with the daemon's own code; nothing is signed. "
                + "Exit code 1 if any decision is another than expected."
        )
        {
            file,
            cases,
            json,
        };
        command.SetAction((result, _) => RunAsync(result.GetRequiredValue(file), result.GetRequiredValue(cases), result.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(string file, string[] caseFiles, bool asJson)
    {
        if (await PolicyCommand.ReadAsync(file, asJson) is not { } policy)
        {
            return ExitCodes.Configuration;
        }
        var results = new List<(string File, CaseResult Result)>();
        foreach (var caseFile in caseFiles)
        {
            if (!TryRead(caseFile, policy, out var cases, out var faults))
            {
                await PolicyCommand.ReportAsync(caseFile, faults, asJson);
                return ExitCodes.Configuration;
            }
            results.AddRange(cases!.Run().Select(result => (caseFile, result)));
        }
        var failed = results.Count(one => !one.Result.Passed);
        if (asJson)
        {
            await PolicyCommand.PrintAsync(Describe(policy, results, failed));
        }
        else
        {
            await WriteAsync(results);
            await Console.Out.WriteLineAsync(
                $"{policy.Name} {policy.Digest}: {Plural.Of(results.Count, "case", "cases")}, {(failed == 0 ? "all pass" : $"{failed} failed")}"
            );
        }
        return failed == 0 ? ExitCodes.Ok : ExitCodes.Found;
    }

    /// <summary>Reads a file of cases.</summary>
    internal static bool TryRead(string file, Policy policy, out PolicyCases? cases, out IReadOnlyList<string> faults)
    {
        cases = null;
        return PolicyFile.TryReadJson(file, out var json, out faults) && PolicyCases.TryParse(json, policy, out cases, out faults);
    }

    private static async Task WriteAsync(List<(string File, CaseResult Result)> results)
    {
        foreach (var (file, result) in results)
        {
            await Console.Out.WriteLineAsync($"{(result.Passed ? "pass" : "FAIL")}  {file}: {result.Name}");
            foreach (var (step, i) in result.Steps.Select((step, i) => (step, i)))
            {
                var line = $"{i + 1, 4}  {step.Name}: {step.Observed}";
                await Console.Out.WriteLineAsync(step.Passed ? line : $"{line}\n      but expected: {step.Expected}");
            }
        }
    }

    private static JsonObject Describe(Policy policy, List<(string File, CaseResult Result)> results, int failed) =>
        new()
        {
            ["policy"] = policy.Name,
            ["digest"] = policy.Digest.ToString(),
            ["passed"] = results.Count - failed,
            ["failed"] = failed,
            ["cases"] = new JsonArray([
                .. results.Select(one => new JsonObject
                {
                    ["file"] = one.File,
                    ["name"] = one.Result.Name,
                    ["passed"] = one.Result.Passed,
                    ["steps"] = new JsonArray([
                        .. one.Result.Steps.Select(step => new JsonObject
                        {
                            ["name"] = step.Name,
                            ["passed"] = step.Passed,
                            ["expected"] = step.Expected,
                            ["observed"] = step.Observed,
                        }),
                    ]),
                }),
            ]),
        };
}
