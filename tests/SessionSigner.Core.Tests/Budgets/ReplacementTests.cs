using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Of several transactions with the same chain and nonce at most one is executed: together they count as the largest.</summary>
public sealed class ReplacementTests
{
    [Fact]
    public async Task A_replacement_counts_only_what_it_has_more()
    {
        await using var desk = new Desk(limit: 100);
        var session = (await desk.OpenAsync(narrowing: Desk.Scope(limit: 100))).SessionId;
        foreach (var (amount, left) in new[] { (40UL, "60"), (70UL, "30"), (10UL, "30"), (70UL, "30"), (100UL, "0") })
        {
            var preview = desk.Pipeline.Evaluate(Desk.Trader, session, PayloadKind.Transaction, Desk.Transfer(amount, nonce: 5));
            Assert.Null(preview.Denial);
            Assert.Equal(left, preview.Headroom[0].Remaining);
            Assert.Equal(left, (await SignAsync(desk, session, amount, 5)).Headroom[0].Remaining);
        }
        Assert.Equal(
            ["40 40", "30 70", "0 70", "0 70", "30 100"],
            desk.Journal.Entries.Where(entry => entry.Kind == EntryKind.Signed)
                .Select(entry => $"{entry.Debits[0].Amount} {entry.Debits[0].SpentAfter}")
        );
        Assert.All(
            desk.Journal.Entries.Where(entry => entry.Kind == EntryKind.Signed),
            entry => Assert.Equal(entry.Debits[0].Amount, entry.Debits[1].Amount)
        );
        var other = await Assert.ThrowsAsync<SignerException>(() => SignAsync(desk, session, 1, 6));
        Assert.Equal(("1", "0"), (other.Denial!.Observed, other.Denial.Headroom));
    }

    [Fact]
    public async Task Another_session_or_an_order_replaces_nothing()
    {
        await using var desk = new Desk(limit: 100, budget: "\"window\":\"lifetime\",\"per\":\"principal\"");
        var (one, two) = ((await desk.OpenAsync()).SessionId, (await desk.OpenAsync("open-2")).SessionId);
        await SignAsync(desk, one, 40, 5);
        await SignAsync(desk, two, 40, 5);
        Assert.Equal("20", desk.Remaining(one));
        await desk.Pipeline.SignTypedDataAsync(Desk.Trader, one, Desk.NextRequestId(), Desk.Order(10), default);
        await desk.Pipeline.SignTypedDataAsync(Desk.Trader, one, Desk.NextRequestId(), Desk.Order(10), default);
        Assert.Equal("0", desk.Remaining(one));
    }

    [Fact]
    public async Task The_day_after_a_replacement_counts_in_full()
    {
        await using var desk = new Desk(limit: 100, budget: "\"window\":\"calendar_day\",\"per\":\"session\"");
        desk.Time.Advance(TimeSpan.FromSeconds(86_400 - (desk.Time.NowSeconds % 86_400) - 10));
        var session = (await desk.OpenAsync()).SessionId;
        await SignAsync(desk, session, 60, 5);
        desk.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("90", (await SignAsync(desk, session, 10, 6)).Headroom[0].Remaining);
        Assert.Equal("30", (await SignAsync(desk, session, 60, 5)).Headroom[0].Remaining);
        Assert.Equal("30", (await SignAsync(desk, session, 60, 5)).Headroom[0].Remaining);
    }

    [Fact]
    public async Task A_reservation_that_is_given_back_excuses_nothing()
    {
        await using var desk = new Desk(limit: 100);
        var session = (await desk.OpenAsync()).SessionId;
        desk.Journal.Mode = write => write.Entry.Kind == EntryKind.Signed ? JournalMode.Overloaded : JournalMode.Commit;
        await Assert.ThrowsAsync<SignerException>(() => SignAsync(desk, session, 60, 5));
        desk.Journal.Mode = _ => JournalMode.Commit;
        Assert.Equal("40", (await SignAsync(desk, session, 60, 5)).Headroom[0].Remaining);
    }

    [Fact]
    public async Task Parallel_replacements_count_at_least_the_largest_and_at_most_the_sum()
    {
        await using var desk = new Desk(limit: 100_000);
        var session = (await desk.OpenAsync()).SessionId;
        await Task.WhenAll(Enumerable.Range(1, 100).Select(i => Task.Run(() => SignAsync(desk, session, (ulong)i, 5))));
        var spent = desk.Journal.ReadBudgets(session)["ceiling.budgets[usdc]"];
        Assert.True(spent >= 100 && spent <= 5_050, $"{spent}");
        Assert.Equal("0", (await SignAsync(desk, session, 100, 5), desk.Journal.Entries[^1].Debits[0].Amount).Item2);
    }

    [Fact]
    public void Of_two_that_were_reserved_before_either_was_booked_none_is_sole()
    {
        var replacements = new Replacements();
        var slot = new ReplacementSlot(1, default, default, 5);
        replacements.Touch(slot);
        replacements.Touch(slot);
        replacements.Add(slot, 1, new Reservation());
        Assert.True(replacements.IsSole(1));
        replacements.Add(slot, 2, new Reservation());
        Assert.False(replacements.IsSole(1));
        Assert.False(replacements.IsSole(2));
    }

    [Fact]
    public async Task Only_so_many_nonces_are_remembered()
    {
        await using var desk = new Desk(limit: 100_000);
        var session = (await desk.OpenAsync()).SessionId;
        for (var nonce = 0UL; nonce <= Replacements.SlotsMax; nonce++)
        {
            await SignAsync(desk, session, 10, nonce);
        }
        await SignAsync(desk, session, 10, 1);
        Assert.Equal("0", desk.Journal.Entries[^1].Debits[0].Amount);
        await SignAsync(desk, session, 10, 0);
        Assert.Equal("10", desk.Journal.Entries[^1].Debits[0].Amount);
    }

    private static Task<SignResult> SignAsync(Desk desk, string session, ulong amount, ulong nonce) =>
        desk.Pipeline.SignTransactionAsync(Desk.Trader, session, Desk.NextRequestId(), Desk.Transfer(amount, nonce), default);
}
