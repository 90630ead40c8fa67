using System.CommandLine;

namespace SessionSigner.Server;

/// <summary>sessionsignerd check-config: reads the configuration and the files it names, and reports every fault.</summary>
internal static class CheckConfigCommand
{
    public static Command Create()
    {
        var config = CommandLine.ConfigOption();
        var command = new Command("check-config", "Check the configuration and report all its faults.") { config };
        command.SetAction((result, _) => RunAsync(result.GetRequiredValue(config)));
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

    private static async Task<int> RunAsync(string file)
    {
        try
        {
            var options = DaemonOptionsReader.Read(file);
            await Console.Out.WriteLineAsync($"{options.File}: no faults.");
            return ExitCodes.Ok;
        }
        catch (ConfigurationException exception)
        {
            await PrintAsync(exception);
            return ExitCodes.Configuration;
        }
    }
}
