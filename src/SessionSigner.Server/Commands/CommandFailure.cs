using System.Text.Json.Nodes;

namespace SessionSigner.Server;

/// <summary>Says on standard error why a command failed: a line of text, or the JSON that sessionsigner writes too.</summary>
internal static class CommandFailure
{
    /// <returns>The exit code that was given.</returns>
    public static async Task<int> WriteAsync(string command, int exitCode, string message, bool asJson)
    {
        await Console.Error.WriteLineAsync(asJson ? ToJson(exitCode, message).ToJsonString() : $"{command}: {message}");
        return exitCode;
    }

    /// <summary>The same members as of every failure of sessionsigner, those that say nothing here empty.</summary>
    internal static JsonObject ToJson(int exitCode, string message) =>
        new()
        {
            ["error"] = new JsonObject
            {
                ["exit_code"] = exitCode,
                ["kind"] = KindOf(exitCode),
                ["message"] = message,
                ["reason"] = "",
                ["field"] = "",
                ["hint"] = "",
                ["faults"] = new JsonArray(),
            },
        };

    private static string KindOf(int exitCode) =>
        exitCode switch
        {
            ExitCodes.Found => "failed",
            ExitCodes.Usage => "usage",
            ExitCodes.Token => "token",
            ExitCodes.Memory => "memory",
            ExitCodes.Journal => "journal",
            ExitCodes.Environment => "environment",
            ExitCodes.Configuration => "configuration",
            _ => "defect",
        };
}
