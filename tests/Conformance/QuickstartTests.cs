using System.Text.RegularExpressions;
using Interop;

namespace Conformance;

/// <summary>The first command of the README, from its first line to its last.</summary>
public partial class QuickstartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task The_quickstart_signs_twice_is_refused_five_times_and_verifies_the_log()
    {
        var root = Path.GetFullPath(Path.Combine(ForeignProgram.ProjectFolder, "../.."));
        var result = await ForeignProgram.RunAsync(Path.Combine(root, "deploy/quickstart.sh"), [], Limit);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("erik signed with OpenSSH: 2 of 2", result.Output, StringComparison.Ordinal);
        Assert.Contains("EIP-1559 transfer signed", result.Output, StringComparison.Ordinal);
        Assert.Contains("EIP-712 order signed", result.Output, StringComparison.Ordinal);
        var reasons = Reason().Matches(result.Output).Select(match => match.Groups["reason"].Value);
        Assert.Equal(["policy_not_active", "target_not_allowed", "constraint_unmet", "budget_exceeded", "session_ended"], reasons);
        Assert.Contains("The audit log verifies", result.Output, StringComparison.Ordinal);
        // One folder holds everything, and the output names it.
        var state = StateFolder().Match(result.Output).Groups["folder"].Value;
        Assert.True(File.Exists(Path.Combine(state, "daemon/sessionsignerd.yaml")), state);
        Directory.Delete(state, recursive: true);
    }

    [GeneratedRegex(@"^ +reason +(?<reason>\w+)$", RegexOptions.Multiline)]
    private static partial Regex Reason();

    [GeneratedRegex(@"everything is in (?<folder>\S+)$", RegexOptions.Multiline)]
    private static partial Regex StateFolder();
}
