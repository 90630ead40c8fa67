using System.CommandLine;

namespace SessionSigner.Cli.Tests;

public sealed class HelpTests
{
    public static TheoryData<string> Commands()
    {
        var data = new TheoryData<string>();
        foreach (var path in PathsOf(Tree(), ""))
        {
            data.Add(path);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_explains_itself_with_an_example(string path)
    {
        var words = path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var run = await CliRun.Of([.. words, "--help"]);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal("", run.Error);
        var examples = run.Output[run.Output.IndexOf("Examples:", StringComparison.Ordinal)..];
        Assert.Contains($"sessionsigner {path}".TrimEnd(), examples, StringComparison.Ordinal);
        Assert.DoesNotContain("<command>", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_that_prints_a_result_can_print_JSON() => Assert.Empty(LeavesWithoutJson(Tree(), ""));

    [Fact]
    public async Task The_exit_codes_are_documented()
    {
        var run = await CliRun.Of(["--help"]);
        Assert.All(ExitCode.All, c => Assert.Contains($"{c.Code, 3}  {c.Meaning}", run.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("session", "session")]
    [InlineData("session frob", "session")]
    [InlineData("session open", "session open")]
    [InlineData("session open --policy", "session open")]
    [InlineData("sign tx --session x", "sign tx")]
    [InlineData("session list --frob", "session list")]
    [InlineData("session list --limit many", "session list")]
    public async Task Wrong_arguments_exit_2_and_point_to_the_help(string commandLine, string command)
    {
        var run = await CliRun.Of(commandLine.Split(' '));
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.EndsWith($"Run 'sessionsigner {command} --help' for what it takes, with examples.\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_alone_names_its_commands()
    {
        var run = await CliRun.Of(["grant"]);
        Assert.StartsWith("error: Give a command: show, verify.\n", run.Error, StringComparison.Ordinal);
    }

    private static RootCommand Tree() =>
        CommandLine.BuildTree(
            new CliHost
            {
                Input = Stream.Null,
                Output = TextWriter.Null,
                BinaryOutput = Stream.Null,
                Error = TextWriter.Null,
                OutputIsTerminal = false,
                ErrorIsTerminal = false,
                Environment = _ => null,
            }
        );

    // No exception: every command of this program prints a result.
    private static IEnumerable<string> LeavesWithoutJson(Command command, string path)
    {
        if (command.Subcommands.Count == 0)
        {
            return command.Options.Any(option => option.Name == "--json") ? [] : [path];
        }

        return command.Subcommands.SelectMany(child => LeavesWithoutJson(child, $"{path} {child.Name}".TrimStart()));
    }

    private static IEnumerable<string> PathsOf(Command command, string path)
    {
        yield return path;
        foreach (var child in command.Subcommands)
        {
            foreach (var inner in PathsOf(child, $"{path} {child.Name}".TrimStart()))
            {
                yield return inner;
            }
        }
    }
}
