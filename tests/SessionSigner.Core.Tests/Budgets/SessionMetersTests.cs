using System.Text;
using FsCheck.Xunit;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>The meters of both sides together, against a model of four numbers.</summary>
public sealed class SessionMetersTests
{
    [Property(MaxTest = 200)]
    public void Both_sides_are_debited_or_none(
        ushort ceilingLimit,
        ushort narrowingLimit,
        byte[] ceilingAmounts,
        byte[] narrowingAmounts,
        bool[] queued
    )
    {
        const int cap = 20;
        var meters = Create(Compile("ceiling", ceilingLimit), Compile("narrowing", narrowingLimit), cap);
        var (ceiling, narrowing, count) = (0, 0, 0);
        var debits = new ScopeEvaluation();
        foreach (var ((large, larger), isQueued) in ceilingAmounts.Zip(narrowingAmounts).Zip(queued))
        {
            // Small enough that most fit under limits as they are drawn.
            var (a, b) = (large % 8, larger % 8);
            debits.Ceiling.Clear();
            debits.Narrowing.Clear();
            Assert.True(debits.Ceiling.TryAdd(0, (ulong)a) && debits.Narrowing.TryAdd(0, (ulong)b));
            var fits = count < cap && ceiling + a <= ceilingLimit && narrowing + b <= narrowingLimit;
            var taken = new List<TraceDebit>();
            var preview = meters.Preview(debits, default, taken);
            Assert.Equal(fits, preview.IsAllowed);
            Assert.Equal(fits ? [$"{a}", $"{b}"] : [], taken.Select(debit => debit.Amount));
            var (leftOfCeiling, leftOfNarrowing, leftOfCap) = (ceilingLimit - ceiling, narrowingLimit - narrowing, cap - count);
            (leftOfCeiling, leftOfNarrowing, leftOfCap) = fits
                ? (leftOfCeiling - a, leftOfNarrowing - b, leftOfCap - 1)
                : (leftOfCeiling, leftOfNarrowing, leftOfCap);
            Assert.Equal([(UInt256)(ulong)leftOfCeiling, (UInt256)(ulong)leftOfNarrowing, (UInt256)(ulong)leftOfCap], preview.Remaining);
            string[] full =
            [
                .. count < cap ? Array.Empty<string>() : ["session.max_signatures"],
                .. ceiling + a <= ceilingLimit ? Array.Empty<string>() : ["ceiling.budgets[usdc]"],
                .. narrowing + b <= narrowingLimit ? Array.Empty<string>() : ["narrowing.budgets[usdc]"],
            ];
            Assert.Equal(full, preview.Unmet.Select(unmet => unmet.Rule));
            var reserved = meters.TryReserve(debits, default);
            Assert.Equal((fits, fits ? null : preview.Unmet[0]), (reserved.IsAllowed, fits ? null : reserved.Denial));
            Assert.Equal(preview.Unmet, reserved.Unmet);
            if (fits && isQueued)
            {
                (ceiling, narrowing, count) = (ceiling + a, narrowing + b, count + 1);
                _ = meters.Book(
                    debits,
                    default,
                    booked =>
                    {
                        Assert.Equal([(UInt256)(ulong)ceiling, (UInt256)(ulong)narrowing], booked.Select(debit => debit.BookedAfter));
                        return Task.FromResult(0L);
                    }
                );
            }
            else if (fits)
            {
                meters.Release(debits.Reservation, default);
            }
            Assert.Equal(
                [(UInt256)(ulong)(ceilingLimit - ceiling), (UInt256)(ulong)(narrowingLimit - narrowing), (UInt256)(ulong)(cap - count)],
                meters.Snapshot(default)
            );
        }
    }

    [Fact]
    public void The_zero_value_refuses()
    {
        Assert.False(default(MeterDecision).IsAllowed);
        Assert.Equal(Denial.NotStated, default(MeterDecision).Denial);
        Assert.Empty(default(MeterDecision).Remaining);
        Assert.False(default(DecodedPayload).IsDecoded);
        Assert.Equal(Denial.NotStated, default(DecodedPayload).Denial);
    }

    [Fact]
    public void Every_meter_of_every_side_that_has_no_room_is_named()
    {
        var meters = Create(
            Compile("ceiling", 5, ",\"max_signatures\":1,\"max_open_orders\":1"),
            Compile("narrowing", 4, ",\"max_open_orders\":1"),
            1
        );
        var debits = new ScopeEvaluation();
        Assert.True(debits.Ceiling.TryAdd(0, 3) && debits.Narrowing.TryAdd(0, 3));
        Assert.True(meters.TryReserve(debits, default).IsAllowed);
        string[] all =
        [
            "session.max_signatures",
            "ceiling.max_signatures",
            "ceiling.max_open_orders",
            "ceiling.budgets[usdc]",
            "narrowing.max_open_orders",
            "narrowing.budgets[usdc]",
        ];
        Assert.Equal(all, meters.TryReserve(debits, default).Unmet.Select(unmet => unmet.Rule));
        Assert.Equal(all, meters.Preview(debits, default, []).Unmet.Select(unmet => unmet.Rule));
    }

    [Fact]
    public void A_reservation_that_is_given_back_leaves_every_meter_of_every_side_as_it_was()
    {
        const string More = ",\"rates\":[{\"max\":3,\"window_seconds\":1}],\"max_signatures\":7,\"max_open_orders\":2";
        var meters = Create(Compile("ceiling", 5, More), Compile("narrowing", 4, More), 9);
        var before = meters.Snapshot(default);
        var debits = new ScopeEvaluation();
        Assert.True(debits.Ceiling.TryAdd(0, 3) && debits.Narrowing.TryAdd(0, 3));
        Assert.True(meters.TryReserve(debits, default).IsAllowed);
        Assert.All(before.Zip(meters.Snapshot(default)), left => Assert.True(left.Second < left.First));
        meters.Release(debits.Reservation, default);
        Assert.Equal(before, meters.Snapshot(default));
    }

    [Fact]
    public void A_release_closes_an_open_order_on_both_sides_and_leaves_the_counts()
    {
        const string More = ",\"max_signatures\":7,\"max_open_orders\":2";
        var meters = Create(Compile("ceiling", 5, More), Compile("narrowing", 4, More), 9);
        Assert.True(meters.TryReserve(new ScopeEvaluation(), default).IsAllowed);
        Assert.Equal(["6", "1", "6", "1", "8"], Counts());
        _ = meters.GiveBack([], 1, isVoid: false, default, _ => Task.FromResult(0L));
        Assert.Equal(["6", "2", "6", "2", "8"], Counts());

        IEnumerable<string> Counts() =>
            meters
                .Describe(meters.Snapshot(default))
                .Where(left => left.Rule.Contains("max_", StringComparison.Ordinal))
                .Select(left => left.Remaining);
    }

    [Fact]
    public void What_is_left_is_named_by_side()
    {
        var meters = Create(
            Compile("ceiling", 5, ",\"rates\":[{\"max\":3,\"window_seconds\":1}],\"max_signatures\":7,\"max_open_orders\":6"),
            Compile("narrowing", 4),
            9
        );
        Assert.Equal(
            [
                "ceiling.budgets[usdc] 5",
                "ceiling.rates[0] 3",
                "ceiling.max_signatures 7",
                "ceiling.max_open_orders 6",
                "narrowing.budgets[usdc] 4",
                "session.max_signatures 9",
            ],
            meters.Describe(meters.Snapshot(default)).Select(headroom => $"{headroom.Rule} {headroom.Remaining}")
        );
    }

    private static SessionMeters Create(CompiledScope ceiling, CompiledScope narrowing, int cap) =>
        SessionMeters.Create(ceiling, narrowing, cap, null!, new SharedMeters(new MemoryJournal(), new SteppedTime()));

    private static CompiledScope Compile(string side, long limit, string more = "")
    {
        Assert.True(
            Scope.TryParse(Encoding.UTF8.GetBytes(Desk.Scope(limit: limit, more: more)), out var scope, out var faults),
            string.Join(' ', faults)
        );
        return CompiledScope.Compile(side, scope!);
    }
}
