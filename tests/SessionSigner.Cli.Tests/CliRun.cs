using SessionSigner.Client.Tests;

namespace SessionSigner.Cli.Tests;

/// <summary>What one run of the command line wrote and ended with.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error, byte[] Binary)
{
    /// <summary>Runs with the standard streams of a pipe, the fixed clock and only the given environment.</summary>
    public static async Task<CliRun> Of(
        IReadOnlyList<string> arguments,
        byte[]? input = null,
        IReadOnlyDictionary<string, string>? environment = null,
        bool terminal = false
    )
    {
        await using var output = new StringWriter { NewLine = "\n" };
        using var binary = new MemoryStream();
        await using var error = new StringWriter { NewLine = "\n" };
        var host = new CliHost
        {
            Input = new MemoryStream(input ?? []),
            Output = output,
            BinaryOutput = binary,
            Error = error,
            OutputIsTerminal = terminal,
            ErrorIsTerminal = false,
            Environment = name => environment?.GetValueOrDefault(name),
            TimeProvider = new FakeKeys.Clock(),
        };
        var exitCode = await CommandLine.RunAsync(arguments, host);
        return new CliRun(exitCode, output.ToString(), error.ToString(), binary.ToArray());
    }
}
