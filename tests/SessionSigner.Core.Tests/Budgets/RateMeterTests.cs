using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Rates and counts at their edges: what is given back late, twice or in another order never lets more through.</summary>
public sealed class RateMeterTests
{
    private const long WindowMs = 1_000;

    [Fact]
    public void What_is_given_back_after_its_window_is_not_given_back_again()
    {
        var meter = new RateMeter("r", 2, WindowMs / 1_000);
        meter.Reserve(0);
        Assert.Equal(2, meter.Remaining(2_000));
        meter.Reserve(2_000);
        meter.Release(0);
        Assert.Equal(1, meter.Remaining(2_000));
    }

    [Fact]
    public void The_same_moment_is_given_back_once()
    {
        var meter = new RateMeter("r", 3, WindowMs / 1_000);
        meter.Reserve(0);
        meter.Reserve(10);
        meter.Reserve(20);
        meter.Release(10);
        meter.Release(10);
        Assert.Equal(1, meter.Remaining(20));
    }

    [Fact]
    public void What_is_given_back_in_the_middle_only_makes_a_later_one_count_longer()
    {
        var meter = new RateMeter("r", 3, WindowMs / 1_000);
        meter.Reserve(0);
        meter.Reserve(10);
        meter.Reserve(20);
        meter.Release(10);
        meter.Reserve(30);
        Assert.Equal(0, meter.Remaining(30));
        Assert.Equal(1, meter.Remaining(20 + WindowMs + 1)); // only the first, although the third is as old
        Assert.Equal(3, meter.Remaining(30 + WindowMs + 1));
    }

    [Fact]
    public void Failures_leave_no_gaps()
    {
        var meter = new RateMeter("r", 4, WindowMs / 1_000);
        meter.Reserve(0);
        for (var now = 1; now < 5; now++)
        {
            meter.Reserve(now);
            meter.Release(now);
        }
        meter.Reserve(10);
        meter.Reserve(20);
        meter.Reserve(30);
        Assert.Equal(2, meter.Remaining(10 + WindowMs + 1)); // each counts from its own moment
        Assert.Equal(3, meter.Remaining(20 + WindowMs + 1));
        Assert.Equal(4, meter.Remaining(30 + WindowMs + 1));
    }

    [Fact]
    public void A_high_maximum_takes_no_more_memory_than_a_thousand_moments()
    {
        _ = new RateMeter("r", 1, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = new RateMeter("r", 1_000_000, 86_400);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 32 * 1_024);
        _ = new RateMeter("r", 1, 86_400);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 34 * 1_024);
    }

    [Fact]
    public void A_full_window_says_so_in_signatures_and_takes_no_more()
    {
        var meter = new RateMeter("r", 2, WindowMs / 1_000);
        meter.Reserve(0);
        meter.Reserve(7);
        Assert.Equal(
            new Denial(DenialReason.RateExceeded, "r", "3", "2") { Headroom = "0", RetryAfterMs = WindowMs + 1 - 7 },
            meter.Refuse(7)
        );
        Assert.Throws<InvalidOperationException>(() => meter.Reserve(7));
        Assert.Equal(new Headroom("r", "signatures", "2", "0"), meter.Describe(meter.Remaining(7)));
    }

    [Fact]
    public void A_count_gives_back_no_more_than_was_taken()
    {
        var meter = new CountMeter("c", 2);
        Assert.Throws<InvalidOperationException>(meter.Release);
        meter.TryRelease();
        Assert.Equal(2, meter.Remaining);
        meter.Reserve();
        meter.TryRelease();
        meter.TryRelease();
        Assert.Equal(2, meter.Remaining);
    }
}
