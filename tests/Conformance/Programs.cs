using System.Reflection;
using System.Runtime.CompilerServices;

namespace Conformance;

/// <summary>Where the programs under test were built: with the same configuration as these tests.</summary>
internal static class Programs
{
    public static string Daemon { get; } = Find("SessionSigner.Server", "sessionsignerd.dll");

    public static string CommandLine { get; } = Find("SessionSigner.Cli", "sessionsigner.dll");

    private static string Find(string project, string file, [CallerFilePath] string thisFile = "")
    {
        var configuration = typeof(Programs).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../.."));
        return Path.Combine(root, "src", project, "bin", configuration, "net10.0", file);
    }
}
