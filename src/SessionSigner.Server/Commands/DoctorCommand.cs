using System.CommandLine;
using System.Text.Json.Nodes;

namespace SessionSigner.Server;

/// <summary>sessionsignerd doctor: examines everything the daemon stands on and says what to fix.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var config = CommandLine.ConfigOption();
        var json = CommandLine.JsonOption();
        var command = new Command("doctor", "Check token, memory, clock, certificates, storage and policies, and say what to fix.")
        {
            config,
            json,
        };
        command.SetAction((result, _) => RunAsync(result.GetRequiredValue(config), result.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(string file, bool asJson)
    {
        var findings = Examine(file);
        var failed = findings.Count(finding => finding.Verdict == Verdict.Failed);
        if (asJson)
        {
            var list = new JsonArray([.. findings.Select(ToJson)]);
            await Console.Out.WriteLineAsync(new JsonObject { ["ok"] = failed == 0, ["checks"] = list }.ToJsonString());
        }
        else
        {
            foreach (var finding in findings)
            {
                await Console.Out.WriteLineAsync($"{Name(finding.Verdict), -7} {finding.Subject, -14} {finding.Text}");
                if (finding.Remedy.Length > 0)
                {
                    await Console.Out.WriteLineAsync($"{"", -22} fix: {finding.Remedy}");
                }
            }
            await Console.Out.WriteLineAsync(failed == 0 ? "The daemon can start." : $"{Plural.Of(failed, "check", "checks")} failed.");
        }
        return failed == 0 ? ExitCodes.Ok : ExitCodes.Found;
    }

    private static List<Finding> Examine(string file)
    {
        try
        {
            return
            [
                new Finding(Verdict.Good, "configuration", $"{file} has no faults"),
                .. new Examination(DaemonOptionsReader.Read(file), TimeProvider.System).Run(),
            ];
        }
        catch (ConfigurationException exception)
        {
            return [.. exception.Faults.Select(fault => new Finding(Verdict.Failed, "configuration", fault.ToString()))];
        }
    }

    private static JsonObject ToJson(Finding finding) =>
        new()
        {
            ["subject"] = finding.Subject,
            ["verdict"] = Name(finding.Verdict),
            ["text"] = finding.Text,
            ["fix"] = finding.Remedy,
        };

    private static string Name(Verdict verdict) =>
        verdict switch
        {
            Verdict.Good => "ok",
            Verdict.Warning => "warning",
            _ => "failed",
        };
}

/// <summary>What a check came to. The zero value is a failure.</summary>
internal enum Verdict
{
    /// <summary>The daemon will not start, or not work.</summary>
    Failed = 0,

    /// <summary>It works; something should be looked at.</summary>
    Warning = 1,

    /// <summary>All is well.</summary>
    Good = 2,
}

/// <summary>One result of the examination.</summary>
/// <param name="Verdict">What it came to.</param>
/// <param name="Subject">What was examined.</param>
/// <param name="Text">What was found.</param>
/// <param name="Remedy">What to do, or empty.</param>
internal sealed record Finding(Verdict Verdict, string Subject, string Text, string Remedy = "");
