namespace SessionSigner.Server;

/// <summary>Whether another process could look into this one through the runtime.</summary>
internal static class ProcessExamination
{
    private const string Subject = "process";

    public static Finding Run()
    {
        var isOpen = Directory
            .EnumerateFileSystemEntries(Path.GetTempPath(), $"*-{Environment.ProcessId}-*")
            .Any(file => Path.GetFileName(file).StartsWith("dotnet-diagnostic", StringComparison.Ordinal));
        return isOpen
            ? Finding.Fail(Subject, "a diagnostic port is open", "set DOTNET_EnableDiagnostics=0 in the daemon's environment")
            : Finding.Good(Subject, "no diagnostic port is open");
    }
}
