using FsCheck;
using FsCheck.Xunit;
using Grpc.Core;
using SessionSigner.V1;

namespace SessionSigner.Cli.Tests;

public sealed class SafeTextTests : DaemonFixture
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("é漢😀", "é漢😀")]
    [InlineData("a\nb", "a\\u{a}b")]
    [InlineData("\u001b[31mred", "\\u{1b}[31mred")]
    [InlineData("\u009b31m", "\\u{9b}31m")]
    [InlineData("\u202edesrever", "\\u{202e}desrever")]
    [InlineData("a\u2066b\u200bc\ufeffd", "a\\u{2066}b\\u{200b}c\\u{feff}d")]
    [InlineData("\u2028\u2029", "\\u{2028}\\u{2029}")]
    [InlineData("\ue000", "\\u{e000}")]
    public void Characters_that_act_on_a_terminal_are_escaped(string text, string safe) => Assert.Equal(safe, SafeText.Escape(text));

    [Fact]
    public void A_lone_surrogate_is_escaped() => Assert.Equal("a\\u{d800}", SafeText.Escape("a" + '\ud800'));

    [Property]
    public bool Nothing_that_comes_out_is_a_control_character(string? text) => !SafeText.Escape(text ?? "").Any(char.IsControl);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_daemon_says_is_escaped_on_output_and_error(bool terminal)
    {
        const string Evil = "\u001b]0;owned\u0007\u202e\n";
        Daemon.Behaviour.Tamper = m =>
        {
            if (m is ListSessionsResponse answer)
            {
                answer.Sessions[0].Policy = Evil;
            }
        };
        var run = await Run("session list", terminal: terminal);
        Assert.DoesNotContain("\u001b]", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", run.Output, StringComparison.Ordinal);
        var json = await Run("session list --json");
        Assert.DoesNotContain(json.Output, c => c is not '\n' and (< ' ' or > '~'));

        Daemon.Behaviour.Failure = new RpcException(new Status(StatusCode.NotFound, Evil));
        run = await Run("session list", terminal: terminal);
        Assert.DoesNotContain("\u001b", run.Error, StringComparison.Ordinal);
        Assert.Contains("\\u{1b}]0;owned\\u{7}\\u{202e}\\u{a}", run.Error, StringComparison.Ordinal);
    }
}
