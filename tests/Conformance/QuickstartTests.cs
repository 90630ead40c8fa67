using System.Text.Json;
using System.Text.RegularExpressions;
using Interop;

namespace Conformance;

/// <summary>The first command of the README, from its first line to its last, and once more as somebody who goes on from there.</summary>
public partial class QuickstartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly string s_root = Path.GetFullPath(Path.Combine(ForeignProgram.ProjectFolder, "../.."));

    // Reason, rule, observed and limit; null where there is nothing to say.
    private static readonly (string Reason, string? Rule, string? Observed, string? Limit)[] s_refusals =
    [
        ("policy_not_active", null, null, null),
        (
            "target_not_allowed",
            "ceiling.permissions",
            "0x6B175474E89094C44Da98b954EedeAC495271d0F on chain 1",
            "transfer(address,uint256) at 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"
        ),
        ("constraint_unmet", "ceiling.permissions[0].constraints[1]", "1001000000", "amount <= 1000000000"),
        ("budget_exceeded", "ceiling.budgets[usdc]", "501000000", "2500000000"),
        ("session_ended", "session.state", "revoked", "open"),
    ];

    [Fact]
    public async Task The_quickstart_signs_twice_is_refused_five_times_and_verifies_the_log()
    {
        var output = await RunAsync();
        Assert.Contains("erik signed with OpenSSH: 2 of 2", output, StringComparison.Ordinal);
        Assert.Contains("EIP-1559 transfer signed", output, StringComparison.Ordinal);
        Assert.Contains("EIP-712 order signed", output, StringComparison.Ordinal);
        Assert.Equal(s_refusals, Refusals(output));
        Assert.Contains("The audit log verifies", output, StringComparison.Ordinal);
        // One folder holds everything, and the output names it.
        var state = StateFolder().Match(output).Groups["folder"].Value;
        Assert.True(File.Exists(Path.Combine(state, "daemon/sessionsignerd.yaml")), state);

        await A_daemon_that_is_kept_is_called_as_printed_and_ends_as_printed(state);
    }

    // In the same test: the second run is one beside the first, whose folder is still there.
    private static async Task A_daemon_that_is_kept_is_called_as_printed_and_ends_as_printed(string before)
    {
        using var run = await KeptRun.StartAsync(Path.Combine(s_root, "deploy/quickstart.sh"), Limit);
        var state = StateFolder().Match(run.Output).Groups["folder"].Value;
        Assert.NotEqual(before, state);
        Assert.Equal(s_refusals, Refusals(run.Output));

        var called = await ShellAsync(PrintedCall().Match(run.Output).Value);
        Assert.True(called.ExitCode == 0, called.Error);
        using var answer = JsonDocument.Parse(called.Output);
        var session = answer.RootElement.GetProperty("session");
        Assert.Equal(("desk", "SESSION_STATE_OPEN"), (session.GetProperty("policy").GetString(), session.GetProperty("state").GetString()));

        var stopped = await ShellAsync(Stop().Match(run.Output).Value);
        Assert.True(stopped.ExitCode == 0, stopped.Error);
        Assert.Equal("0", await run.WaitAsync());
        Directory.Delete(state, recursive: true);
        Directory.Delete(before, recursive: true);
    }

    private static async Task<string> RunAsync()
    {
        var result = await ForeignProgram.RunAsync(Path.Combine(s_root, "deploy/quickstart.sh"), [], Limit);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        return result.Output;
    }

    private static Task<ProgramResult> ShellAsync(string command) => ForeignProgram.RunAsync("bash", ["-c", command], Limit);

    private static IEnumerable<(string, string?, string?, string?)> Refusals(string output) =>
        PrintedRefusal()
            .Matches(output)
            .Select(match => match.Groups)
            .Select(g => (g["reason"].Value, Of(g["rule"]), Of(g["observed"]), Of(g["limit"])));

    private static string? Of(Group group) => group.Success ? group.Value : null;

    [GeneratedRegex(
        @"^ +reason +(?<reason>\w+)\n( +rule +(?<rule>.+)\n)?( +observed +(?<observed>.+)\n)?( +limit +(?<limit>.+)\n)?",
        RegexOptions.Multiline
    )]
    private static partial Regex PrintedRefusal();

    [GeneratedRegex(@"everything is in (?<folder>\S+)$", RegexOptions.Multiline)]
    private static partial Regex StateFolder();

    [GeneratedRegex(@"(?<=\(stop it: )kill \d+(?=\)$)", RegexOptions.Multiline)]
    private static partial Regex Stop();

    [GeneratedRegex(@"^ +\S+/buf curl (.+\\\n)+.+$", RegexOptions.Multiline)]
    private static partial Regex PrintedCall();
}
