using System.Text;

namespace SessionSigner.Ethereum.Tests;

public class MessageTextTests
{
    [Theory]
    [InlineData("Log in to desk.example")]
    [InlineData("two\nlines\n")]
    [InlineData("Grüße, 注文, Заказ, naïve, 1 €")]
    [InlineData("🚀")]
    public void Accepts_what_a_reader_sees(string text) => Assert.Null(MessageText.FindFault(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x07)]
    [InlineData(0x09)]
    [InlineData(0x0d)]
    [InlineData(0x1b)]
    [InlineData(0x7f)]
    [InlineData(0x85)]
    [InlineData(0x9b)]
    [InlineData(0xa0)]
    [InlineData(0xad)]
    [InlineData(0x034f)]
    [InlineData(0x061c)]
    [InlineData(0x115f)]
    [InlineData(0x180e)]
    [InlineData(0x200b)]
    [InlineData(0x200d)]
    [InlineData(0x200e)]
    [InlineData(0x2003)]
    [InlineData(0x2028)]
    [InlineData(0x2029)]
    [InlineData(0x202e)]
    [InlineData(0x2060)]
    [InlineData(0x2066)]
    [InlineData(0x2800)]
    [InlineData(0x3000)]
    [InlineData(0x3164)]
    [InlineData(0xe000)]
    [InlineData(0xfe0f)]
    [InlineData(0xfeff)]
    [InlineData(0xffa0)]
    [InlineData(0xfff9)]
    [InlineData(0xffff)]
    [InlineData(0x1d173)]
    [InlineData(0xe0041)]
    [InlineData(0xe0101)]
    [InlineData(0x10ffff)]
    public void Refuses_what_a_reader_does_not_see(int rune)
    {
        var fault = MessageText.FindFault(Encoding.UTF8.GetBytes("ab" + new Rune(rune) + "cd"));
        Assert.Equal($"message: U+{rune:X4} at byte 2, which a reader does not see", fault);
    }

    [Theory]
    [InlineData("61ff")]
    [InlineData("61c0af")]
    [InlineData("61eda080")]
    [InlineData("61f4908080")]
    [InlineData("61e282")]
    public void Refuses_what_is_not_UTF8(string hex) =>
        Assert.Equal("message: not UTF-8 at byte 1", MessageText.FindFault(Convert.FromHexString(hex)));

    [Fact]
    public void Has_bounds()
    {
        Assert.Equal("message: empty", MessageText.FindFault([]));
        Assert.Null(
            MessageText.FindFault(
                new byte[MessageText.SizeMax]
                    .Select(_ => (byte)'a')
                    .ToArray()
            )
        );
        Assert.NotNull(
            MessageText.FindFault(
                new byte[MessageText.SizeMax + 1]
                    .Select(_ => (byte)'a')
                    .ToArray()
            )
        );
    }
}
