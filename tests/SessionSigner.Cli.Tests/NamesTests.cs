namespace SessionSigner.Cli.Tests;

public sealed class NamesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("0", "0")]
    [InlineData("9999", "9999")]
    [InlineData("10000", "10,000")]
    [InlineData("2500000000", "2,500,000,000")]
    [InlineData("amount <= 1000000000", "amount <= 1,000,000,000")]
    [InlineData("amount < 100000", "amount < 100,000")]
    [InlineData("11155111 on chain 11155111", "11155111 on chain 11155111")]
    [InlineData("0x6B175474E89094C44Da98b954EedeAC495271000000", "0x6B175474E89094C44Da98b954EedeAC495271000000")]
    [InlineData("amount 100000 to 200000", "amount 100000 to 200000")]
    public void Only_whole_amounts_are_grouped(string text, string shown) => Assert.Equal(shown, Names.Amount(text));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(45, "45 s")]
    [InlineData(90, "90 s")]
    [InlineData(5400, "90 min")]
    [InlineData(28800, "8 h")]
    [InlineData(172800, "2 d")]
    public void A_lifetime_is_in_its_largest_whole_unit(uint seconds, string shown) => Assert.Equal(shown, Names.Lifetime(seconds));

    [Theory]
    [InlineData(0, "")]
    [InlineData(1795380184, "2026-11-22T20:43:04Z (unix 1795380184)")]
    [InlineData(-1, "-1")]
    public void A_time_that_was_signed_shows_its_number(long seconds, string shown) => Assert.Equal(shown, Names.TimeAndNumber(seconds));
}
