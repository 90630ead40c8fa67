using System.Text.Json;

namespace SessionSigner.Cli.Tests;

public sealed class ForwardedCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sessionsigner-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("init")]
    [InlineData("doctor")]
    [InlineData("check-config")]
    [InlineData("policy lint")]
    [InlineData("policy show")]
    [InlineData("policy diff")]
    [InlineData("policy test")]
    [InlineData("policy replay")]
    public async Task Arguments_and_exit_code_pass_through(string command)
    {
        var received = Path.Combine(_folder, "received");
        var daemon = Script($"printf '%s\\n' \"$@\" > '{received}'\nexit 42\n");
        string[] arguments = [.. command.Split(' '), "--config", "a b", "@file", "--json", "--", "-x"];
        var run = await CliRun.Of(arguments, environment: new Dictionary<string, string> { ["SESSIONSIGNERD"] = daemon });
        Assert.Equal("", run.Error);
        Assert.Equal(42, run.ExitCode);
        Assert.Equal(arguments, await File.ReadAllLinesAsync(received));
    }

    [Fact]
    public async Task Help_comes_from_the_daemon_if_it_is_on_this_host()
    {
        var received = Path.Combine(_folder, "received");
        var daemon = Script($"printf '%s\\n' \"$@\" > '{received}'\n");
        var run = await CliRun.Of(["init", "--help"], environment: new Dictionary<string, string> { ["SESSIONSIGNERD"] = daemon });
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal(["init", "--help"], await File.ReadAllLinesAsync(received));
    }

    [Fact]
    public async Task The_daemon_is_found_on_the_path()
    {
        Script("exit 7\n");
        var run = await CliRun.Of(["doctor"], environment: new Dictionary<string, string> { ["PATH"] = "/nowhere:" + _folder });
        Assert.Equal(7, run.ExitCode);
    }

    [Fact]
    public async Task A_daemon_that_is_not_found_or_cannot_start_is_said()
    {
        var run = await CliRun.Of(["doctor"], environment: new Dictionary<string, string> { ["PATH"] = "/nowhere" });
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("$SESSIONSIGNERD", run.Error, StringComparison.Ordinal);

        run = await CliRun.Of(["doctor"], environment: new Dictionary<string, string> { ["SESSIONSIGNERD"] = "/nowhere/sessionsignerd" });
        Assert.Equal(ExitCode.Usage, run.ExitCode);

        var file = Path.Combine(_folder, "not-executable");
        await File.WriteAllTextAsync(file, "");
        run = await CliRun.Of(["doctor"], environment: new Dictionary<string, string> { ["SESSIONSIGNERD"] = file });
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("executable", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_is_not_found_is_said_in_JSON_if_that_is_asked_for()
    {
        var run = await CliRun.Of(["init", "--json"], environment: new Dictionary<string, string> { ["PATH"] = "/nowhere" });
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        using var json = JsonDocument.Parse(run.Error);
        Assert.Equal("usage", json.RootElement.GetProperty("error").GetProperty("kind").GetString());
    }

    private string Script(string body)
    {
        var path = Path.Combine(_folder, "sessionsignerd");
        File.WriteAllText(path, "#!/bin/sh\n" + body);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
