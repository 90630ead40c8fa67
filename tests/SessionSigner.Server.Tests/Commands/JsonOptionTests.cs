using System.CommandLine;

namespace SessionSigner.Server.Tests;

/// <summary>Scripts can read what any command prints.</summary>
public class JsonOptionTests
{
    // Commands that print no result, each with the reason.
    private static readonly Dictionary<string, string> s_exceptions = new()
    {
        [""] = "runs the daemon, as run does",
        ["run"] = "runs the daemon, whose log has log.format: json",
    };

    [Fact]
    public void Every_command_that_prints_a_result_can_print_JSON()
    {
        var without = PathsWithoutJson(CommandLine.BuildTree(), "").ToList();
        Assert.Equal(s_exceptions.Keys.Order(), without.Order());
    }

    [Fact]
    public void Check_config_says_each_fault_with_its_place()
    {
        using var folder = new DoctorFolder();
        folder.Write("faulty.yaml", "version: 2\nsurprise: true\n");
        var exception = Assert.Throws<ConfigurationException>(() => DaemonOptionsReader.Read(folder.PathOf("faulty.yaml")));

        var json = CheckConfigCommand.ToJson(exception.Faults);

        Assert.False((bool)json["ok"]!);
        var faults = json["faults"]!.AsArray();
        Assert.Equal(exception.Faults.Count, faults.Count);
        var surprise = Assert.Single(faults, fault => (string?)fault!["path"] == "surprise")!;
        Assert.Equal((folder.PathOf("faulty.yaml"), 2), ((string?)surprise["file"], (int)surprise["line"]!));
        Assert.NotEqual("", (string?)surprise["message"]);
        Assert.True((bool)CheckConfigCommand.ToJson([])["ok"]!);
    }

    [Theory]
    [InlineData(ExitCodes.Found, "failed")]
    [InlineData(ExitCodes.Usage, "usage")]
    [InlineData(ExitCodes.Token, "token")]
    [InlineData(ExitCodes.Configuration, "configuration")]
    public void A_failure_has_the_members_of_the_command_lines(int exitCode, string kind)
    {
        var error = CommandFailure.ToJson(exitCode, "what")["error"]!.AsObject();
        Assert.Equal(["exit_code", "kind", "message", "reason", "field", "hint", "faults"], error.Select(member => member.Key));
        Assert.Equal((exitCode, kind, "what"), ((int)error["exit_code"]!, (string?)error["kind"], (string?)error["message"]));
    }

    private static IEnumerable<string> PathsWithoutJson(Command command, string path)
    {
        // A command without an action only holds others.
        var own = command.Action is null || command.Options.Any(option => option.Name == "--json") ? [] : (string[])[path];
        return own.Concat(command.Subcommands.SelectMany(child => PathsWithoutJson(child, $"{path} {child.Name}".TrimStart())));
    }
}
