using FsCheck;
using FsCheck.Xunit;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>Meters against models too simple to be wrong.</summary>
public sealed class MeterModelTests
{
    [Property(MaxTest = 300)]
    public void A_budget_takes_exactly_what_fits(uint limit, uint[] amounts)
    {
        var meter = Meter(limit);
        ulong spent = 0;
        foreach (var amount in amounts)
        {
            var fits = spent + amount <= limit;
            Assert.Equal(fits, meter.Fits(amount, default));
            if (fits)
            {
                meter.Reserve(amount, default);
                spent += amount;
            }
            else
            {
                Assert.Throws<InvalidOperationException>(() => meter.Reserve(amount, default));
            }
            Assert.Equal((UInt256)(limit - spent), meter.Remaining(default));
        }
    }

    [Fact]
    public void A_sum_above_256_bits_does_not_fit()
    {
        var meter = Meter(UInt256.MaxValue);
        meter.Reserve(UInt256.One, default);
        Assert.False(meter.Fits(UInt256.MaxValue, default));
        Assert.True(UInt256.TrySubtract(UInt256.MaxValue, UInt256.One, out var rest));
        Assert.True(meter.Fits(rest, default));
        meter.Reserve(rest, default);
        Assert.False(meter.Fits(UInt256.One, default));
        Assert.True(meter.Fits(UInt256.Zero, default));
    }

    [Fact]
    public void No_more_is_booked_or_given_back_than_was_reserved()
    {
        var meter = Meter(10);
        var bucket = meter.Reserve(6, default);
        Assert.Throws<InvalidOperationException>(() => BudgetMeter.Book(bucket, 7));
        BudgetMeter.Book(bucket, 4);
        Assert.Throws<InvalidOperationException>(() => meter.Release(bucket, 3));
        meter.Release(bucket, 2);
        Assert.Equal((UInt256)6, meter.Remaining(default));
        Assert.Equal((UInt256)4, bucket.Booked);
    }

    [Property(MaxTest = 300)]
    public void A_rate_never_allows_more_than_its_maximum_in_any_window(PositiveInt max, PositiveInt seconds, ushort[] steps)
    {
        var (limit, windowMs) = (max.Get % 20 + 1, (seconds.Get % 5 + 1) * 1_000L);
        var meter = new RateMeter("r", limit, windowMs / 1_000);
        var granularity = Math.Max(1, windowMs / 1_000);
        var allowed = new List<long>();
        long now = 0;
        foreach (var step in steps)
        {
            now += step % 700;
            var strict = allowed.Count(at => at + windowMs > now);
            var rounded = allowed.Count(at => ((at / granularity) + 1) * granularity + windowMs > now);
            // Never looser than the exact window, never stricter than the rounding.
            Assert.True(meter.Remaining(now) <= limit - strict);
            Assert.Equal(limit - rounded, meter.Remaining(now));
            if (meter.Remaining(now) > 0)
            {
                meter.Reserve(now);
                allowed.Add(now);
            }
            else
            {
                var retry = meter.Refuse(now).RetryAfterMs;
                Assert.InRange(retry, 1, windowMs + granularity);
                Assert.True(limit - allowed.Count(at => ((at / granularity) + 1) * granularity + windowMs > now + retry) > 0);
            }
        }
    }

    [Property(MaxTest = 200)]
    public void A_rate_that_is_given_back_is_as_if_it_had_not_been_taken(bool[] keeps, byte[] steps)
    {
        var meter = new RateMeter("r", 50, 2);
        var kept = new List<long>();
        long now = 0;
        foreach (var (keep, step) in keeps.Zip(steps))
        {
            now += step;
            if (meter.Remaining(now) == 0)
            {
                continue;
            }
            meter.Reserve(now);
            if (keep)
            {
                kept.Add(now);
            }
            else
            {
                meter.Release(now);
            }
            Assert.Equal(50 - kept.Count(at => (at / 2 + 1) * 2 + 2_000 > now), meter.Remaining(now));
        }
    }

    [Fact]
    public void A_rate_with_a_huge_maximum_keeps_a_short_log()
    {
        var meter = new RateMeter("r", 1_000_000_000, 86_400);
        for (long now = 0; now < 172_800_000; now += 40_000)
        {
            meter.Reserve(now);
        }
        Assert.InRange(1_000_000_000 - meter.Remaining(172_800_000), 2_160, 2_165);
    }

    [Fact]
    public void A_count_ends_at_its_maximum()
    {
        var meter = new CountMeter("c", 2);
        meter.Reserve();
        meter.Reserve();
        Assert.Equal(0, meter.Remaining);
        Assert.Throws<InvalidOperationException>(meter.Reserve);
        Assert.Equal(new Denial(DenialReason.MaxSignaturesReached, "c", "3", "2") { Headroom = "0" }, meter.Refuse());
        meter.Release();
        Assert.Equal(1, meter.Remaining);
    }

    [Fact]
    public void A_budget_in_tokens_speaks_of_tokens()
    {
        var rule = new BudgetRule("b", "b", "USDC", 2_500_500_000) { Decimals = 6 };
        var meter = new BudgetMeter(rule, new BudgetTotal(BudgetWindow.Lifetime));
        meter.Reserve(500_000, default);

        Assert.Equal(new Headroom("b", "USDC", "2500.5", "2500"), meter.Describe(meter.Remaining(default)));
        Assert.Equal(
            new Denial(DenialReason.BudgetExceeded, "b", "2500.000001", "2500.5") { Headroom = "2500" },
            meter.Refuse(2_500_000_001, default)
        );
        Assert.Equal("0.01", meter.DescribeDebit(10_000).Amount);
    }

    private static BudgetMeter Meter(UInt256 limit) => new(new BudgetRule("b", "b", "u", limit), new BudgetTotal(BudgetWindow.Lifetime));
}
