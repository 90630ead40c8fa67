using System.Text.Json;

namespace SessionSigner.Cli;

/// <summary>Runs a command and turns what it throws into a message and an exit code.</summary>
internal static class CommandRunner
{
    private static readonly JsonSerializerOptions JsonOptions = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<int> RunAsync(CliHost host, bool json, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e)
        {
            var failure = Failure.From(e);
            if (json)
            {
                await host.Error.WriteLineAsync(JsonSerializer.Serialize(new { Error = failure }, JsonOptions));
            }
            else
            {
                failure.WriteTo(host.Error);
            }

            return failure.ExitCode;
        }
        finally
        {
            await host.Output.FlushAsync();
        }
    }
}
