namespace SessionSigner.Cli;

internal static class Program
{
    public static Task<int> Main(string[] arguments) => CommandLine.RunAsync(arguments, CliHost.ForProcess());
}
