using System.CommandLine;
using System.Text.Json.Nodes;

namespace SessionSigner.Server;

/// <summary>sessionsignerd check-config: reads the configuration and the files it names, and reports every fault.</summary>
internal static class CheckConfigCommand
{
    public static Command Create()
    {
        var config = CommandLine.ConfigOption();
        var json = CommandLine.JsonOption();
        var command = new Command("check-config", "Check the configuration and report all its faults. Exit code 78 if there is one.")
        {
            config,
            json,
        };
        command.SetAction((result, _) => RunAsync(result.GetRequiredValue(config), result.GetValue(json)));
        return command;
    }

    /// <summary>Prints every fault.</summary>
    public static async Task PrintAsync(ConfigurationException exception)
    {
        foreach (var fault in exception.Faults)
        {
            await Console.Error.WriteLineAsync(fault.ToString());
        }
        await Console.Error.WriteLineAsync(
            $"{Plural.Of(exception.Faults.Count, "fault", "faults")} in the configuration; nothing was started."
        );
    }

    private static async Task<int> RunAsync(string file, bool asJson)
    {
        try
        {
            var options = DaemonOptionsReader.Read(file);
            await (asJson ? PolicyCommand.PrintAsync(ToJson([])) : Console.Out.WriteLineAsync($"{options.File}: no faults."));
            return ExitCodes.Ok;
        }
        catch (ConfigurationException exception)
        {
            await (asJson ? PolicyCommand.PrintAsync(ToJson(exception.Faults)) : PrintAsync(exception));
            return ExitCodes.Configuration;
        }
    }

    /// <summary>The faults, which are what the command was asked for and so its result, not its failure.</summary>
    internal static JsonObject ToJson(IReadOnlyList<ConfigurationFault> faults) =>
        new()
        {
            ["ok"] = faults.Count == 0,
            ["faults"] = new JsonArray([
                .. faults.Select(fault => new JsonObject
                {
                    ["file"] = fault.File,
                    ["line"] = fault.Line,
                    ["path"] = fault.Path,
                    ["message"] = fault.Message,
                }),
            ]),
        };
}
