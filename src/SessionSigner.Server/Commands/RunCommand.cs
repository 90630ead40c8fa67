using System.CommandLine;

namespace SessionSigner.Server;

/// <summary>sessionsignerd run: runs the daemon until it is told to stop.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var config = CommandLine.ConfigOption();
        var command = new Command("run", "Run the daemon (also without a command).") { config };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetRequiredValue(config), cancellationToken));
        return command;
    }

    /// <summary>Runs the daemon.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var options = DaemonOptionsReader.Read(file);
            using var logging = LoggerFactory.Create(builder =>
            {
                builder.Services.AddSingleton(TimeProvider.System);
                DaemonApplication.AddLogging(builder, options.Log);
            });
            await new Daemon(options, TimeProvider.System, logging).RunAsync(cancellationToken);
            return ExitCodes.Ok;
        }
        catch (ConfigurationException exception)
        {
            await CheckConfigCommand.PrintAsync(exception);
            return ExitCodes.Configuration;
        }
        catch (StartException exception)
        {
            await Console.Error.WriteLineAsync($"sessionsignerd cannot start: {exception.Message}");
            return exception.ExitCode;
        }
    }
}
