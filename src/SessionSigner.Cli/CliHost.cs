namespace SessionSigner.Cli;

/// <summary>Everything a command may touch outside its arguments, so that a test can stand in for a terminal.</summary>
internal sealed class CliHost
{
    public required Stream Input { get; init; }

    public required TextWriter Output { get; init; }

    /// <summary>Standard output for what is not text.</summary>
    public required Stream BinaryOutput { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>True if standard output is a terminal: tables and colour. False: plain text for pipes and files.</summary>
    public required bool OutputIsTerminal { get; init; }

    /// <summary>True if standard error is a terminal: progress may be shown.</summary>
    public required bool ErrorIsTerminal { get; init; }

    public required Func<string, string?> Environment { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public static CliHost ForProcess() =>
        new()
        {
            Input = Console.OpenStandardInput(),
            Output = Console.Out,
            BinaryOutput = Console.OpenStandardOutput(),
            Error = Console.Error,
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            Environment = System.Environment.GetEnvironmentVariable,
        };
}
