using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Takes up what an earlier process had counted.</summary>
internal sealed partial class BudgetTotal
{
    /// <summary>Makes a total from what the journal holds of its budget, whatever windows the budget had when that was taken.</summary>
    /// <remarks>
    /// What another kind of window holds counts in this one from when it last grew, which is never earlier than it was taken. So a budget that
    /// gets another window begins with at least what that window would hold.
    /// </remarks>
    public static BudgetTotal Restore(BudgetWindow window, IReadOnlyList<SharedBudgetRow> rows, MeterTime now)
    {
        var total = new BudgetTotal(window);
        foreach (var row in rows.OrderBy(total.LabelOfRow))
        {
            total.Restore(row, now);
        }
        return total;
    }

    /// <summary>From when on the journal's rows may still count.</summary>
    public static long RelevantSinceMs(BudgetWindow window, long wallMs) =>
        window.Kind switch
        {
            BudgetWindowKind.CalendarDay => StartOfDay(wallMs) * 1_000,
            BudgetWindowKind.Rolling => wallMs - ((window.WindowSeconds + (2L * window.GranularitySeconds)) * 1_000),
            _ => long.MinValue,
        };

    private void Restore(SharedBudgetRow row, MeterTime now)
    {
        var label = LabelOfRow(row);
        if (_newest?.Label != label)
        {
            if (_newest is not null && Window.Kind == BudgetWindowKind.CalendarDay)
            {
                // A later day has begun; the earlier one is over, whatever the clock says.
                _newest.IsOver = true;
                _counted = UInt256.Zero;
                _buckets.Clear();
            }
            _newest = new BudgetBucket(label) { TakenAtMs = TakenAtMs(label, now) };
            _buckets.Enqueue(_newest);
        }
        _newest.Reserved = SumOrMax(_newest.Reserved, row.Spent);
        _counted = SumOrMax(_counted, row.Spent);
        if (row.Window == BudgetWords.Of(Window.Kind) && row.Bucket == label)
        {
            _newest.Booked = row.Spent;
        }
    }

    // The rest of the window by the wall clock must also pass by the monotonic one.
    private static long TakenAtMs(long label, MeterTime now) => now.MonotonicMs + Math.Min((label * 1_000) - now.WallMs, long.MaxValue / 4);

    private long LabelOfRow(SharedBudgetRow row)
    {
        var isSame = row.Window == BudgetWords.Of(Window.Kind);
        var atMs = Math.Max(row.LastMs, row.Bucket * 1_000);
        return Window.Kind switch
        {
            BudgetWindowKind.CalendarDay => isSame ? row.Bucket : StartOfDay(atMs),
            // A row of a finer granularity goes to the end of a granule of this one, so that the number of granules stays bounded.
            BudgetWindowKind.Rolling => isSame ? EndOfGranule((row.Bucket * 1_000) - 1) : EndOfGranule(atMs),
            _ => 0,
        };
    }

    private static UInt256 SumOrMax(UInt256 a, UInt256 b) => UInt256.TryAdd(a, b, out var sum) ? sum : UInt256.MaxValue;
}
