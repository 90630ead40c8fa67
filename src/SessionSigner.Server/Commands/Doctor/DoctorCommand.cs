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
        var command = new Command(
            "doctor",
            "Check configuration, token, memory, clock, certificates, storage and policies, and say what to fix. Exit code 1 if a check failed."
        )
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

    /// <summary>All findings; only those of the configuration if it has faults, because everything else hangs on it.</summary>
    internal static IReadOnlyList<Finding> Examine(string file)
    {
        try
        {
            var options = DaemonOptionsReader.Read(file);
            return [Finding.Good("configuration", $"{file} has no faults"), .. new Examination(options, TimeProvider.System).Run()];
        }
        catch (ConfigurationException exception)
        {
            return [.. exception.Faults.Select(fault => Finding.Fail("configuration", fault.ToString(), RemedyOf(fault)))];
        }
    }

    private static string RemedyOf(ConfigurationFault fault) =>
        $"mend {(fault.Path.Length > 0 ? $"{fault.Path} in " : "")}{fault.File}, whose options deploy/config/sessionsignerd.yaml describes, then run doctor again: it looks further once there is no fault";

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
