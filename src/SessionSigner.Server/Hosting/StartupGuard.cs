using System.Collections;
using System.Text;

namespace SessionSigner.Server;

/// <summary>
/// Keeps foreign code and eyes out of the process from its first moment: refuses environment variables that load code, and runs itself again
/// with DOTNET_EnableDiagnostics=0 if the runtime was started with its diagnostic port, through which memory could be dumped.
/// </summary>
internal static class StartupGuard
{
    private const string Diagnostics = "DOTNET_EnableDiagnostics";

    private static readonly string[] Refused =
    [
        "DOTNET_STARTUP_HOOKS",
        "DOTNET_ADDITIONAL_DEPS",
        "DOTNET_SHARED_STORE",
        "CORECLR_ENABLE_PROFILING",
        "CORECLR_PROFILER",
        "CORECLR_PROFILER_PATH",
        "CORECLR_PROFILER_PATH_64",
        "CORECLR_ENABLE_NOTIFICATION_PROFILERS",
        "CORECLR_NOTIFICATION_PROFILERS",
        "DOTNET_GCName",
        "DOTNET_GCPath",
        "LD_PRELOAD",
        "LD_AUDIT",
        "LD_LIBRARY_PATH",
        "OPENSSL_CONF",
        "OPENSSL_ENGINES",
        "OPENSSL_MODULES",
    ];

    /// <summary>Names of variables that must not be set, among those that are.</summary>
    public static IReadOnlyList<string> FindRefused(Func<string, string?> environment) =>
        [.. Refused.Where(name => !string.IsNullOrEmpty(environment(name)))];

    /// <summary>Runs this program again without diagnostics, if it has them. Returns only if it has none.</summary>
    /// <returns>Null, or why it could not.</returns>
    public static string? LeaveDiagnostics()
    {
        if (Environment.GetEnvironmentVariable(Diagnostics) == "0")
        {
            return null;
        }
        var environment = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if ((string)variable.Key != Diagnostics)
            {
                environment.Add($"{variable.Key}={variable.Value}");
            }
        }
        environment.Add($"{Diagnostics}=0");
        var arguments = Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/cmdline")).Split('\0')[..^1];
        DeleteDiagnosticSockets();
        var error = ProcessNative.Execute(Environment.ProcessPath ?? "/proc/self/exe", arguments, environment);
        return $"The program cannot be run again with {Diagnostics}=0 (errno {error}). Set that variable.";
    }

    // The runtime removes them when it ends, which a replaced process never does.
    private static void DeleteDiagnosticSockets()
    {
        var process = Environment.ProcessId;
        foreach (var pattern in (string[])[$"dotnet-diagnostic-{process}-*", $"clr-debug-pipe-{process}-*"])
        {
            foreach (var file in Directory.EnumerateFileSystemEntries(Path.GetTempPath(), pattern))
            {
                File.Delete(file);
            }
        }
    }
}
