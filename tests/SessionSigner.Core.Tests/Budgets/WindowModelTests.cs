using FsCheck;
using FsCheck.Xunit;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>Windows against models too simple to be wrong, with clocks that are set and processes that end.</summary>
public sealed class WindowModelTests
{
    private const long StartMs = 1_800_000_000_000;
    private const long DayMs = 86_400_000;

    [Property(MaxTest = 400)]
    public void A_rolling_window_never_allows_more_than_its_limit(byte limit, PositiveInt window, PositiveInt granularity, ushort[] steps)
    {
        var seconds = (window.Get % 60) + 1;
        var granule = (granularity.Get % seconds) + 1;
        var run = new Run(BudgetWindow.Rolling(seconds, granule), limit);
        // What was taken, and until when of true time it must at least count.
        var taken = new List<(long AtMs, long WallMs, long UntilMs, long Amount)>();
        foreach (var step in steps)
        {
            if (run.Step(step))
            {
                // After a restart only the wall clock says what is left of a window.
                for (var i = 0; i < taken.Count; i++)
                {
                    var until = run.TrueMs + (taken[i].WallMs + (seconds * 1_000L) - run.WallMs);
                    taken[i] = taken[i] with { UntilMs = Math.Min(taken[i].UntilMs, until) };
                }
            }
            var amount = step % 23;
            var must = taken.Where(item => item.UntilMs > run.TrueMs).Sum(item => item.Amount);
            if (run.TryTake(amount, out var denial))
            {
                Assert.True(must + amount <= limit);
                taken.Add((run.TrueMs, run.WallMs, run.TrueMs + (seconds * 1_000L), amount));
                continue;
            }
            var may = taken.Where(item => item.AtMs + ((seconds + granule) * 1_000L) > run.TrueMs).Sum(item => item.Amount);
            Assert.True(run.WasSet || may + amount > limit, "stricter than window and granularity");
            Assert.Equal(amount <= limit, denial!.RetryAfterMs > 0);
            if (denial.RetryAfterMs > 0)
            {
                Assert.True(run.WasSet || denial.RetryAfterMs <= (seconds + granule) * 1_000L);
                run.Wait(denial.RetryAfterMs - 1);
                Assert.False(run.Fits(amount));
                run.Wait(1);
                Assert.True(run.Fits(amount));
            }
        }
    }

    [Property(MaxTest = 400)]
    public void A_calendar_day_is_exact_and_never_begins_again(byte limit, ushort[] steps)
    {
        var run = new Run(BudgetWindow.CalendarDay, limit);
        var taken = new Dictionary<long, long>();
        var day = run.WallMs / DayMs;
        foreach (var step in steps)
        {
            if (run.Step(step))
            {
                day = taken.Where(item => item.Value >= 0).Select(item => item.Key).DefaultIfEmpty(0).Max();
            }
            day = Math.Max(day, run.WallMs / DayMs);
            var amount = step % 23;
            var before = taken.GetValueOrDefault(day);
            Assert.Equal(before + amount <= limit, run.TryTake(amount, out var denial));
            if (denial is null)
            {
                taken[day] = before + amount;
                continue;
            }
            Assert.Equal($"{limit - before}", denial.Headroom);
            Assert.Equal(amount <= limit ? ((day + 1) * DayMs) - run.WallMs : 0, denial.RetryAfterMs);
        }
    }

    [Property(MaxTest = 200)]
    public void A_budget_of_another_window_begins_with_at_least_what_that_window_would_hold(byte from, byte to, ushort[] steps)
    {
        BudgetWindow[] windows =
        [
            BudgetWindow.Lifetime,
            BudgetWindow.CalendarDay,
            BudgetWindow.Rolling(60, 7),
            BudgetWindow.Rolling(50_000, 3_600),
        ];
        var run = new Run(windows[from % windows.Length], int.MaxValue);
        var taken = new List<(long WallMs, long Amount)>();
        foreach (var step in steps)
        {
            run.Step(step);
            Assert.True(run.TryTake(step % 23, out _));
            taken.Add((run.WallMs, step % 23));
        }
        var window = windows[to % windows.Length];
        run.Restart(window);
        var must = taken
            .Where(item =>
                window.Kind switch
                {
                    BudgetWindowKind.Lifetime => true,
                    BudgetWindowKind.CalendarDay => item.WallMs / DayMs == run.WallMs / DayMs,
                    _ => item.WallMs + (window.WindowSeconds * 1_000L) > run.WallMs,
                }
            )
            .Sum(item => item.Amount);
        Assert.True(run.Counted >= (ulong)must);
    }

    [Theory]
    [InlineData(0, 70_000)] // on a boundary: in the granule that begins
    [InlineData(1, 69_999)]
    [InlineData(9_999, 60_001)]
    public void An_amount_counts_to_the_end_of_its_granule_and_a_window_more(long offsetMs, long countsMs)
    {
        var total = new BudgetTotal(BudgetWindow.Rolling(60, 10));
        total.Take(1, new MeterTime(5, StartMs + offsetMs));
        Assert.Equal(UInt256.One, total.Counted(new MeterTime(5 + countsMs - 1, StartMs + offsetMs + countsMs - 1)));
        Assert.Equal(UInt256.Zero, total.Counted(new MeterTime(5 + countsMs, StartMs + offsetMs + countsMs)));
    }

    [Fact]
    public void A_wall_clock_set_forward_frees_nothing_of_a_rolling_window()
    {
        var total = new BudgetTotal(BudgetWindow.Rolling(60, 10));
        total.Take(7, new MeterTime(0, StartMs));
        Assert.Equal((UInt256)7, total.Counted(new MeterTime(59_999, StartMs + DayMs)));
        Assert.Equal(UInt256.Zero, total.Counted(new MeterTime(60_001, StartMs + DayMs)));
    }

    [Fact]
    public void A_wall_clock_set_back_does_not_begin_a_day_again()
    {
        var total = new BudgetTotal(BudgetWindow.CalendarDay);
        var midnight = StartMs / DayMs * DayMs + DayMs;
        total.Take(7, new MeterTime(0, midnight - 1));
        Assert.Equal((UInt256)7, total.Counted(new MeterTime(1, midnight - 1)));
        total.Take(5, new MeterTime(2, midnight));
        Assert.Equal((UInt256)5, total.Counted(new MeterTime(3, midnight - 3_600_000)));
        Assert.Equal(midnight / 1_000, total.Take(1, new MeterTime(4, midnight - 3_600_000)).Label);
    }

    [Fact]
    public void A_clock_that_is_set_forward_again_and_again_fills_no_memory()
    {
        var total = new BudgetTotal(BudgetWindow.Rolling(10, 10));
        var taken = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var now = new MeterTime(0, StartMs + (i * DayMs));
            if (total.HasRoom(now))
            {
                total.Take(1, now);
                taken++;
            }
        }
        Assert.InRange(taken, 3, 100);
        Assert.Equal((UInt256)(ulong)taken, total.Counted(new MeterTime(0, StartMs + (20_000 * DayMs))));
    }

    /// <summary>A total under a clock: true time, which the monotonic clock shows, and a wall clock that is set now and then.</summary>
    private sealed class Run
    {
        private readonly Dictionary<long, (ulong Spent, long LastMs)> _rows = [];
        private readonly UInt256 _limit;
        private BudgetWindow _window;
        private BudgetMeter _meter;
        private BudgetTotal _total;
        private long _offsetMs;
        private long _startedMs;

        public Run(BudgetWindow window, int limit)
        {
            _limit = (ulong)limit;
            _window = window;
            (_meter, _total) = Start(window);
        }

        public long TrueMs { get; private set; } = StartMs;

        public long WallMs => TrueMs + _offsetMs;

        public bool WasSet { get; private set; }

        public UInt256 Counted => _total.Counted(Now);

        private MeterTime Now => new(TrueMs - _startedMs, WallMs);

        /// <summary>Lets time pass, and sometimes sets the clock or ends the process.</summary>
        /// <returns>Whether there was a restart.</returns>
        public bool Step(ushort step)
        {
            TrueMs += step % 9_973;
            var rest = (step / 23) % 40;
            var setMs = rest switch
            {
                0 => -3_600_000,
                1 => DayMs,
                2 => (((WallMs / DayMs) + 1) * DayMs) - WallMs, // exactly midnight
                3 => (((WallMs / DayMs) + 1) * DayMs) - WallMs - 1,
                _ => 0,
            };
            _offsetMs += setMs;
            WasSet |= setMs != 0;
            if (rest is not (4 or 5))
            {
                return false;
            }
            Restart(_window);
            return true;
        }

        public void Restart(BudgetWindow window)
        {
            _startedMs = TrueMs - (TrueMs % 1_000);
            var kind = BudgetWords.Of(_window.Kind);
            (_meter, _total) = Start(
                window,
                [.. _rows.Select(row => new SharedBudgetRow(kind, row.Key, row.Value.LastMs, row.Value.Spent))]
            );
            _window = window;
        }

        public bool TryTake(int amount, out Denial? denial)
        {
            denial = null;
            if (!_meter.Fits((ulong)amount, Now))
            {
                denial = _meter.Refuse((ulong)amount, Now);
                return false;
            }
            var bucket = _meter.Reserve((ulong)amount, Now);
            var row = _rows.GetValueOrDefault(bucket.Label);
            // What the log would say is the sum of what it says of the bucket.
            Assert.Equal((UInt256)(row.Spent + (ulong)amount), BudgetMeter.BookedAfter(bucket, (ulong)amount));
            BudgetMeter.Book(bucket, (ulong)amount);
            _rows[bucket.Label] = (row.Spent + (ulong)amount, Math.Max(row.LastMs, WallMs));
            return true;
        }

        public void Wait(long ms) => TrueMs += ms;

        public bool Fits(int amount) => _meter.Fits((ulong)amount, Now);

        private (BudgetMeter Meter, BudgetTotal Total) Start(BudgetWindow window, IReadOnlyList<SharedBudgetRow>? rows = null)
        {
            var since = BudgetTotal.RelevantSinceMs(window, WallMs);
            var total = BudgetTotal.Restore(
                window,
                [.. (rows ?? []).Where(row => row.LastMs >= since || row.Bucket * 1_000 >= since)],
                Now
            );
            return (new BudgetMeter(new BudgetRule("b", "b", "u", _limit) { Window = window }, total), total);
        }
    }
}
