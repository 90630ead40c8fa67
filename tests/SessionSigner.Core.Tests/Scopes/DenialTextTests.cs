namespace SessionSigner.Core.Tests;

/// <summary>Whatever a request holds, a refusal's text is short and printable: it goes into logs and terminals.</summary>
public class DenialTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" plain ~", " plain ~")]
    [InlineData("a\nb\u001b[2Jc\u007fd", "a?b?[2Jc?d")]
    [InlineData("\u0000", "?")]
    [InlineData("caf\u00e9 \u202egnp", "caf? ?gnp")]
    public void Only_printable_ASCII_is_left(string text, string clipped) => Assert.Equal(clipped, DenialText.Clip(text));

    [Fact]
    public void A_text_that_is_too_long_ends_in_dots()
    {
        Assert.Equal(new string('x', 256), DenialText.Clip(new string('x', 256)));
        Assert.Equal(new string('x', 253) + "...", DenialText.Clip(new string('x', 257)));
        Assert.Equal(new string('?', 5) + "...", DenialText.Clip(new string('\n', 9), 8));
    }

    [Fact]
    public void A_list_says_how_many_it_leaves_out()
    {
        Assert.Equal("", DenialText.List([]));
        Assert.Equal("a, b", DenialText.List(["a", "b"]));
        Assert.Equal(new string('a', 224), DenialText.List([new string('a', 224)]));
        Assert.Equal("and 2 more", DenialText.List([new string('a', 225), "b"]));
        var ten = Enumerable.Range(0, 10).Select(i => new string((char)('a' + i), 50)).ToArray();
        Assert.Equal($"{string.Join(", ", ten[..4])}, and 6 more", DenialText.List(ten));
    }
}
