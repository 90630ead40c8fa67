using System.CommandLine;

namespace SessionSigner.Cli;

/// <summary>A command that runs in this process: reports through one <see cref="Report"/>, fails through one mapping to exit codes.</summary>
internal abstract class CliCommand : Command, IHasExamples
{
    private readonly Option<bool> _json = new("--json")
    {
        Description = "Write JSON, stable for scripts; errors go to standard error as JSON too.",
    };

    protected CliCommand(CliHost host, string name, string description, params string[] examples)
        : base(name, description)
    {
        Host = host;
        Examples = examples;
        Add(_json);
        SetAction(
            (arguments, cancellationToken) =>
            {
                var json = arguments.GetValue(_json);
                return CommandRunner.RunAsync(host, json, () => RunAsync(arguments, new Report(host, json), cancellationToken));
            }
        );
    }

    public IReadOnlyList<string> Examples { get; }

    protected CliHost Host { get; }

    protected abstract Task<int> RunAsync(ParseResult arguments, Report report, CancellationToken cancellationToken);
}
