namespace SessionSigner.Server.Tests;

/// <summary>When doctor believes the clock.</summary>
public sealed class ClockExaminationTests
{
    private static readonly DateTimeOffset s_released = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-1, null, ClockState.Synchronised, "Failed", "in the past", "set the clock")]
    [InlineData(0, null, ClockState.Synchronised, "Good", "2026-01-01T00:00:00Z", "")]
    [InlineData(1_000, 1_300, ClockState.Synchronised, "Good", "synchronised", "")]
    [InlineData(1_000, 1_301, ClockState.Synchronised, "Failed", "2026-01-01T00:21:41Z", "set the clock")]
    [InlineData(1_000, 1, ClockState.Synchronised, "Good", "synchronised", "")]
    [InlineData(1_000, 1, ClockState.Unsynchronised, "Warning", "nothing keeps it", "run NTP")]
    [InlineData(1_000, null, ClockState.Unknown, "Warning", "not known", "run NTP")]
    [InlineData(1_000, 1_301, ClockState.Unknown, "Failed", "last entry", "set the clock")]
    public void The_clock_is_believed_or_not(int now, int? lastEntry, object state, string verdict, string says, string fix)
    {
        var last = lastEntry is { } seconds ? s_released.AddSeconds(seconds) : default(DateTimeOffset?);

        var finding = ClockExamination.Run(s_released.AddSeconds(now), last, (ClockState)state);

        Assert.Equal((verdict, "clock"), (finding.Verdict.ToString(), finding.Subject));
        Assert.Contains(says, finding.Text, StringComparison.Ordinal);
        Assert.Contains(fix, finding.Remedy, StringComparison.Ordinal);
        Assert.Equal(verdict == "Good", finding.Remedy.Length == 0);
    }

    [Theory]
    [InlineData(-1, 0, "Unknown")]
    [InlineData(0, 0x1, "Synchronised")]
    [InlineData(0, 0x41, "Unsynchronised")]
    [InlineData(5, 0, "Unsynchronised")]
    [InlineData(1, 0x2001, "Synchronised")]
    public void What_the_kernel_says_is_understood(int answer, int status, string expected) =>
        Assert.Equal(expected, ClockNative.Judge(answer, status).ToString());

    [Fact]
    public void The_kernel_answers() => Assert.NotEqual(ClockState.Unknown, ClockNative.Read());
}
