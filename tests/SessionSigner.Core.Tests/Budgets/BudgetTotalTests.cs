using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>What counts, where and until when, to the millisecond; and what the journal's rows make of a total at the next start.</summary>
public sealed class BudgetTotalTests
{
    private const long DayMs = 86_400_000;
    private const long DaySeconds = 86_400;

    // A midnight, in milliseconds and seconds.
    private const long StartMs = 20_833 * DayMs;
    private const long Start = StartMs / 1_000;

    [Fact]
    public void An_amount_counts_until_the_window_has_passed_since_by_the_monotonic_clock_that_was_rounded_down()
    {
        var total = new BudgetTotal(BudgetWindow.Rolling(60, 10));
        total.Take(1, new MeterTime(0, StartMs));
        total.Take(1, new MeterTime(500, StartMs + 500));
        Assert.Equal((UInt256)2, total.Counted(new MeterTime(60_500, StartMs + DayMs)));
        Assert.Equal(UInt256.Zero, total.Counted(new MeterTime(60_501, StartMs + DayMs)));
    }

    [Fact]
    public void A_granule_that_is_over_is_not_begun_again_when_the_clock_is_set_back()
    {
        var total = new BudgetTotal(BudgetWindow.Rolling(60, 10));
        var first = total.Take(1, new MeterTime(0, StartMs)).Label;
        Assert.Equal(Start + 10, first);
        Assert.Equal(UInt256.Zero, total.Counted(new MeterTime(DayMs, StartMs + DayMs)));
        Assert.Equal(first + 10, total.Take(1, new MeterTime(DayMs, StartMs)).Label);
        // One that still counts is gone on with.
        Assert.Equal(first + 10, total.Take(1, new MeterTime(DayMs, StartMs - DayMs)).Label);
    }

    [Fact]
    public void A_clock_set_forward_again_and_again_finds_room_for_the_window_and_some_to_spare_then_none()
    {
        var total = new BudgetTotal(BudgetWindow.Rolling(100, 10));
        var granules = 0;
        for (; total.HasRoom(At(granules)); granules++)
        {
            total.Take(1, At(granules));
        }
        Assert.Equal((100 / 10) + 2 + 64, granules);
        Assert.Throws<InvalidOperationException>(() => total.Take(1, At(granules)));
        Assert.Equal((UInt256)(ulong)granules, total.Counted(At(granules)));

        var meter = new BudgetMeter(new BudgetRule("b", "b", "u", 1_000) { Window = total.Window }, total);
        Assert.False(meter.Fits(1, At(granules)));
        Assert.Equal(100_001, meter.Refuse(1, At(granules)).RetryAfterMs); // when the oldest granule stops counting

        static MeterTime At(int granule) => new(0, StartMs + (granule * DayMs));
    }

    [Fact]
    public void Only_what_is_booked_and_still_counts_is_found()
    {
        var total = new BudgetTotal(BudgetWindow.Rolling(60, 10));
        var now = new MeterTime(0, StartMs);
        var bucket = total.Take(10, now);
        Assert.Null(total.FindBooked(bucket.Label, 1, now)); // reserved only
        BudgetMeter.Book(bucket, 4);
        Assert.Null(total.FindBooked(bucket.Label, 5, now));
        Assert.Null(total.FindBooked(bucket.Label + 10, 4, now));
        Assert.Same(bucket, total.FindBooked(bucket.Label, 4, now));
        Assert.Null(total.FindBooked(bucket.Label, 4, new MeterTime(DayMs, StartMs + DayMs)));
    }

    [Fact]
    public void A_day_is_restored_from_the_latest_row_whatever_their_order()
    {
        var today = Row(BudgetWindowKind.CalendarDay, Start, StartMs + 1_000, 3);
        var tomorrow = Row(BudgetWindowKind.CalendarDay, Start + DaySeconds, StartMs + 1_000, 5); // the clock was a day ahead
        var now = new MeterTime(7, StartMs + 2_000);
        foreach (var rows in new[] { new[] { today, tomorrow }, [tomorrow, today] })
        {
            var total = BudgetTotal.Restore(BudgetWindow.CalendarDay, rows, now);
            Assert.Equal((UInt256)5, total.Counted(now));
            Assert.Equal(Start + DaySeconds, total.Take(1, now).Label);
            Assert.NotNull(total.FindBooked(Start + DaySeconds, 5, now));
            Assert.Null(total.FindBooked(Start, 3, now));
        }
    }

    [Theory]
    [InlineData(BudgetWindowKind.CalendarDay, Start, Start)] // as it was, although it last grew a day later
    [InlineData(BudgetWindowKind.Rolling, Start + 10, Start + DaySeconds)]
    [InlineData(BudgetWindowKind.Lifetime, 0, Start + DaySeconds)]
    [InlineData(BudgetWindowKind.Rolling, Start + (2 * DaySeconds), Start + (2 * DaySeconds))] // the end of a granule may be later than its last amount
    public void A_day_counts_the_rows_of_any_window(BudgetWindowKind window, long bucket, long day)
    {
        var lastMs = StartMs + DayMs + 1;
        var now = new MeterTime(0, StartMs);
        var total = BudgetTotal.Restore(BudgetWindow.CalendarDay, [Row(window, bucket, lastMs, 3)], now);
        Assert.Equal(day, total.Take(0, now).Label);
        Assert.Equal(window == BudgetWindowKind.CalendarDay, total.FindBooked(day, 3, now) is not null);
    }

    [Theory]
    [InlineData(BudgetWindowKind.Rolling, Start + 20, Start + 20)] // the end of a granule stays
    [InlineData(BudgetWindowKind.Rolling, Start + 15, Start + 20)] // that of a finer one goes to the end of one of this
    [InlineData(BudgetWindowKind.CalendarDay, Start, Start + 60)]
    [InlineData(BudgetWindowKind.Lifetime, 0, Start + 60)]
    [InlineData(BudgetWindowKind.CalendarDay, Start + DaySeconds, Start + DaySeconds + 10)]
    public void A_rolling_window_counts_the_rows_of_any_window(BudgetWindowKind window, long bucket, long label)
    {
        var lastMs = StartMs + 59_999;
        var now = new MeterTime(0, StartMs);
        var total = BudgetTotal.Restore(BudgetWindow.Rolling(60, 10), [Row(window, bucket, lastMs, 3)], now);
        Assert.Equal(label, total.Take(0, now).Label);
        // What the log calls by this name is the sum under this name alone.
        Assert.Equal(bucket == label, total.FindBooked(label, 3, now) is not null);
    }

    [Fact]
    public void A_row_of_another_window_is_not_booked_under_its_name()
    {
        var now = new MeterTime(0, StartMs);
        var total = BudgetTotal.Restore(
            BudgetWindow.CalendarDay,
            [Row(BudgetWindowKind.Rolling, Start + DaySeconds, StartMs + DayMs - 1, 3)],
            now
        );
        Assert.Equal((UInt256)3, total.Counted(now));
        Assert.Null(total.FindBooked(Start + DaySeconds, 3, now));
    }

    [Theory]
    [InlineData(10, 70_000)] // a granule that ends in the future
    [InlineData(-20, 40_000)]
    public void The_rest_of_a_restored_window_must_pass_by_both_clocks(long endSeconds, long restMs)
    {
        const long StartedMs = 1_000_000;
        foreach (var (monotonicMs, wallMs) in new[] { (0L, DayMs), (DayMs, 0L) })
        {
            var total = BudgetTotal.Restore(
                BudgetWindow.Rolling(60, 10),
                [Row(BudgetWindowKind.Rolling, Start + endSeconds, StartMs, 3)],
                new MeterTime(StartedMs, StartMs)
            );
            Assert.Equal((UInt256)3, total.Counted(new MeterTime(StartedMs + restMs - 1 + monotonicMs, StartMs + restMs - 1 + wallMs)));
            Assert.Equal(UInt256.Zero, total.Counted(new MeterTime(StartedMs + restMs + monotonicMs, StartMs + restMs + wallMs)));
        }
    }

    [Fact]
    public void What_is_taken_beside_a_restored_amount_counts_as_long()
    {
        var start = new MeterTime(0, StartMs);
        var total = BudgetTotal.Restore(BudgetWindow.Rolling(60, 10), [Row(BudgetWindowKind.Rolling, Start + 10, StartMs, 3)], start);
        total.Take(1, start);
        Assert.Equal((UInt256)4, total.Counted(new MeterTime(69_999, StartMs + DayMs)));
        Assert.Equal(UInt256.Zero, total.Counted(new MeterTime(70_000, StartMs + DayMs)));
    }

    [Fact]
    public void Rows_are_asked_for_from_when_on_they_may_count()
    {
        Assert.Equal(StartMs, BudgetTotal.RelevantSinceMs(BudgetWindow.CalendarDay, StartMs + 12_345));
        Assert.Equal(StartMs - 80_000, BudgetTotal.RelevantSinceMs(BudgetWindow.Rolling(60, 10), StartMs));
        Assert.Equal(long.MinValue, BudgetTotal.RelevantSinceMs(BudgetWindow.Lifetime, StartMs));
    }

    private static SharedBudgetRow Row(BudgetWindowKind window, long bucket, long lastMs, ulong spent) =>
        new(BudgetWords.Of(window), bucket, lastMs, spent);
}
