using FsCheck.Xunit;

namespace SessionSigner.Cli.Tests;

public class SafeTextTests
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
}
