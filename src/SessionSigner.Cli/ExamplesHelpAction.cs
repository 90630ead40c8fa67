using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SessionSigner.Cli;

/// <summary>A command that shows examples in its help.</summary>
internal interface IHasExamples
{
    IReadOnlyList<string> Examples { get; }
}

/// <summary>The usual help, then examples; for the root also the exit codes.</summary>
internal sealed class ExamplesHelpAction(HelpAction inner) : SynchronousCommandLineAction
{
    private static readonly string[] RootExamples =
    [
        "sessionsigner session open --policy desk --lifetime 8h --profile trader.profile",
        "sessionsigner sign tx --session ID transfer.hex",
        "sessionsigner grant verify grant.json --audience desk.example",
    ];

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        inner.Invoke(parseResult);
        var command = parseResult.CommandResult.Command;
        var output = parseResult.InvocationConfiguration.Output;
        var examples = command is IHasExamples described ? described.Examples : RootExamples;
        output.WriteLine("Examples:");
        foreach (var example in examples)
        {
            output.WriteLine("  " + example);
        }

        output.WriteLine();
        if (command is RootCommand)
        {
            output.WriteLine("Exit codes:");
            foreach (var (code, meaning) in ExitCode.All)
            {
                output.WriteLine($"  {code, 3}  {meaning}");
            }

            output.WriteLine();
        }

        return ExitCode.Ok;
    }
}
