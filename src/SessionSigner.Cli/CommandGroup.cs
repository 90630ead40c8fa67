using System.CommandLine;

namespace SessionSigner.Cli;

/// <summary>A command that only holds others.</summary>
internal sealed class CommandGroup(string name, string description, params string[] examples) : Command(name, description), IHasExamples
{
    public IReadOnlyList<string> Examples { get; } = examples;
}
