using SessionSigner.Audit;

namespace SessionSigner.Core.Tests;

public sealed class ReleaseTests
{
    private const string Day = "\"window\":\"calendar_day\",\"per\":\"session\"";
    private const string PerPolicy = "\"window\":\"lifetime\",\"per\":\"policy\"";
    private const string PerPrincipal = "\"window\":\"lifetime\",\"per\":\"principal\"";

    [Fact]
    public async Task What_a_void_order_took_comes_back_once()
    {
        await using var desk = new Desk(limit: 150);
        var session = (await desk.OpenAsync(narrowing: Desk.Scope(limit: 120))).SessionId;
        var signed = await desk.SignOrderAsync(session, 100, "order");
        Assert.Equal("50", desk.Remaining(session));

        var released = await desk.ReleaseAsync(session, "order");

        Assert.Equal([new GivenBack("ceiling.budgets[usdc]", "100"), new GivenBack("narrowing.budgets[usdc]", "100")], released.GivenBack);
        Assert.Equal((signed.AuditIndex, signed.AuditIndex + 1), (released.SignedIndex, released.AuditIndex));
        Assert.Equal("150", desk.Remaining(session));
        var again = await desk.ReleaseAsync(session, "order");
        Assert.Equal((released.AuditIndex, "150"), (again.AuditIndex, desk.Remaining(session)));
        Assert.Equal(released.GivenBack, again.GivenBack);
        var other = await FailAsync(desk.ReleaseAsync(session, "order", ReleaseOutcome.Executed));
        Assert.Equal((ErrorCode.RequestIdReused, "outcome"), (other.Code, other.Field));

        await desk.SignOrderAsync(session, 100);
        var entry = desk.Journal.Single(EntryKind.ReservationReleased);
        Assert.Equal((Desk.Settler.Identity, "order", "void"), (entry.Principal, entry.RequestId, entry.Detail));
        Assert.Equal(["100", "100"], ReleaseLog.Check(desk.Journal.Entries).Values.Select(sum => sum.ToString()));
    }

    [Fact]
    public async Task Open_orders_are_bounded_until_they_are_released_on_either_side()
    {
        await using var desk = new Desk(more: ",\"max_open_orders\":3");
        var session = (await desk.OpenAsync(narrowing: Desk.Scope(more: ",\"max_open_orders\":2"))).SessionId;
        await desk.SignOrderAsync(session, 1, "a");
        await desk.SignAsync(session, 1, "b");
        var refused = await FailAsync(desk.SignOrderAsync(session, 1));
        Assert.Equal(
            (DenialReason.OpenOrdersExceeded, "narrowing.max_open_orders", "3", "2"),
            (refused.Denial!.Reason, refused.Denial.Rule, refused.Denial.Observed, refused.Denial.Limit)
        );
        var headroom = desk.Registry.Get(Desk.Trader, false, session).Headroom;
        Assert.Contains(new Headroom("ceiling.max_open_orders", "orders", "3", "1"), headroom);
        Assert.Contains(new Headroom("narrowing.max_open_orders", "orders", "2", "0"), headroom);

        // An executed order keeps what it took; its place comes back once.
        var released = await desk.ReleaseAsync(session, "b", ReleaseOutcome.Executed);
        await desk.ReleaseAsync(session, "b", ReleaseOutcome.Executed);
        Assert.Empty(released.GivenBack);
        Assert.Equal("998", desk.Remaining(session));
        await desk.SignOrderAsync(session, 1);
        Assert.Equal(DenialReason.OpenOrdersExceeded, (await FailAsync(desk.SignOrderAsync(session, 1))).Denial!.Reason);
        ReleaseLog.Check(desk.Journal.Entries);
    }

    [Fact]
    public async Task Only_a_releaser_of_the_policy_releases_and_to_others_there_is_no_session()
    {
        await using var desk = new Desk();
        var session = (await desk.OpenAsync()).SessionId;
        await desk.SignOrderAsync(session, 10, "order");
        foreach (var caller in new[] { Desk.Trader, Desk.Other, Desk.Operator })
        {
            Assert.Equal(ErrorCode.SessionNotFound, (await FailAsync(desk.ReleaseAsync(session, "order", caller: caller))).Code);
        }
        Assert.Equal(ErrorCode.SessionNotFound, (await FailAsync(desk.ReleaseAsync(new string('0', 32), "order"))).Code);
        var unknown = await FailAsync(desk.ReleaseAsync(session, "another"));
        Assert.Equal((ErrorCode.NotFound, "request_id"), (unknown.Code, unknown.Field));
        Assert.Equal(ErrorCode.InvalidRequest, (await FailAsync(desk.ReleaseAsync(session, "$end"))).Code);
        Assert.Equal(ErrorCode.InvalidRequest, (await FailAsync(desk.ReleaseAsync(session, "order", default))).Code);
        Assert.Equal("990", desk.Remaining(session));
        Assert.Equal([EntryKind.SessionOpened, EntryKind.Signed], desk.Journal.Kinds);
    }

    [Fact]
    public async Task Of_transactions_that_replace_each_other_none_is_void()
    {
        await using var desk = new Desk();
        var session = (await desk.OpenAsync()).SessionId;
        await SignAsync(desk, session, "first", 30, nonce: 5);
        await SignAsync(desk, session, "second", 50, nonce: 5);
        Assert.Equal("950", desk.Remaining(session));
        foreach (var request in new[] { "first", "second" })
        {
            Assert.Equal(ErrorCode.NotReleasable, (await FailAsync(desk.ReleaseAsync(session, request))).Code);
        }
        Assert.Equal("950", desk.Remaining(session));

        // One that stands alone is; what is signed for its nonce afterwards counts in full.
        await SignAsync(desk, session, "third", 40, nonce: 6);
        await desk.ReleaseAsync(session, "third");
        Assert.Equal("950", desk.Remaining(session));
        await SignAsync(desk, session, "fourth", 40, nonce: 6);
        Assert.Equal("910", desk.Remaining(session));
        ReleaseLog.Check(desk.Journal.Entries);
    }

    [Fact]
    public async Task A_transaction_of_which_a_replacement_is_being_signed_is_not_void()
    {
        await using var desk = new Desk();
        var session = (await desk.OpenAsync()).SessionId;
        await SignAsync(desk, session, "first", 30, nonce: 5);
        // The replacement is queued and not yet in the log; it counted only what it has more.
        desk.Journal.Mode = write => write.Entry.RequestId == "second" ? JournalMode.Hold : JournalMode.Commit;
        var second = SignAsync(desk, session, "second", 50, nonce: 5);
        Assert.Equal(ErrorCode.NotReleasable, (await FailAsync(desk.ReleaseAsync(session, "first"))).Code);
        desk.Journal.Release();
        await second;
        Assert.Equal("950", desk.Remaining(session));
    }

    [Fact]
    public async Task A_transaction_of_which_a_replacement_was_reserved_is_not_void()
    {
        await using var desk = new Desk();
        var session = (await desk.OpenAsync()).SessionId;
        await SignAsync(desk, session, "first", 30, nonce: 5);
        desk.Journal.Mode = write => write.Entry.RequestId == "second" ? JournalMode.Overloaded : JournalMode.Commit;
        await Assert.ThrowsAsync<SignerException>(() => SignAsync(desk, session, "second", 50, nonce: 5));
        Assert.Equal("970", desk.Remaining(session));
        // The replacement was given up before anything left; the first one's amount stays all the same.
        Assert.Equal(ErrorCode.NotReleasable, (await FailAsync(desk.ReleaseAsync(session, "first"))).Code);
    }

    [Fact]
    public async Task A_transaction_of_a_nonce_that_is_no_longer_remembered_is_not_void()
    {
        await using var desk = new Desk();
        var session = (await desk.OpenAsync()).SessionId;
        for (ulong nonce = 0; nonce <= Replacements.SlotsMax; nonce++)
        {
            await SignAsync(desk, session, $"t{nonce}", 1, nonce);
        }
        Assert.Equal(ErrorCode.NotReleasable, (await FailAsync(desk.ReleaseAsync(session, "t0"))).Code);
        await desk.ReleaseAsync(session, "t1");
    }

    [Fact]
    public async Task What_was_taken_on_a_day_that_has_passed_does_not_come_back()
    {
        await using var desk = new Desk(budget: Day);
        var session = (await desk.OpenAsync()).SessionId;
        await desk.SignOrderAsync(session, 10, "yesterday");
        // The policy's sessions live an hour: a day changes in the middle of one.
        var toMidnight = 86_400_000 - (desk.Time.GetUtcNow().ToUnixTimeMilliseconds() % 86_400_000);
        desk.Time.Advance(TimeSpan.FromMilliseconds(toMidnight - 1_000));
        session = (await desk.OpenAsync("open-2")).SessionId;
        await desk.SignOrderAsync(session, 10, "before");
        desk.Time.Advance(TimeSpan.FromSeconds(2));
        await desk.SignOrderAsync(session, 20, "after");
        Assert.Empty((await desk.ReleaseAsync(session, "before")).GivenBack);
        Assert.Equal("980", desk.Remaining(session));
        Assert.Equal("20", Assert.Single((await desk.ReleaseAsync(session, "after")).GivenBack).Amount);
        Assert.Equal("1000", desk.Remaining(session));
        ReleaseLog.Check(desk.Journal.Entries);
    }

    [Theory]
    [InlineData(PerPolicy)]
    [InlineData(PerPrincipal)]
    public async Task Of_an_ended_session_what_it_shared_comes_back_also_at_the_next_start(string budget)
    {
        var desk = new Desk(limit: 300, budget: budget);
        var first = (await desk.OpenAsync(narrowing: Desk.Scope())).SessionId;
        await desk.SignOrderAsync(first, 60, "order");
        await desk.SignOrderAsync(first, 70, "other");
        await desk.SignAsync(first, 80, "transaction");
        await desk.Registry.CloseAsync(Desk.Trader, first, default);
        Assert.Equal("60", Assert.Single((await desk.ReleaseAsync(first, "order")).GivenBack).Amount);
        Assert.Equal(ErrorCode.NotReleasable, (await FailAsync(desk.ReleaseAsync(first, "transaction"))).Code);
        await desk.DisposeAsync();

        await using var next = new Desk(limit: 300, budget: budget, before: desk);
        Assert.Equal("70", Assert.Single((await next.ReleaseAsync(first, "other")).GivenBack).Amount);
        Assert.Equal("60", Assert.Single((await next.ReleaseAsync(first, "order")).GivenBack).Amount);
        var second = (await next.OpenAsync("open-2")).SessionId;
        Assert.Equal("220", next.Remaining(second));
        Assert.Equal("80", ReleaseLog.Check(next.Journal.Entries).Single(pair => pair.Key.Contains("ceiling")).Value.ToString());
    }

    [Fact]
    public async Task Nobody_is_told_before_the_release_is_durable_and_nothing_comes_back_if_it_cannot_be_queued()
    {
        await using var desk = new Desk();
        var session = (await desk.OpenAsync()).SessionId;
        await desk.SignOrderAsync(session, 10, "order");
        desk.Journal.Mode = _ => JournalMode.Overloaded;
        Assert.Equal(ErrorCode.Overloaded, (await FailAsync(desk.ReleaseAsync(session, "order"))).Code);
        Assert.Equal("990", desk.Remaining(session));
        desk.Journal.Mode = _ => JournalMode.Hold;
        var release = desk.ReleaseAsync(session, "order");
        var same = desk.ReleaseAsync(session, "order");
        Assert.False(release.IsCompleted);
        desk.Journal.Release();
        Assert.Equal((await release).AuditIndex, (await same).AuditIndex);
        Assert.Equal("1000", desk.Remaining(session));
        desk.Journal.Single(EntryKind.ReservationReleased);
    }

    [Fact]
    public async Task Parallel_releases_and_signatures_keep_every_sum()
    {
        await using var desk = new Desk(limit: 500, budget: PerPolicy, more: ",\"max_open_orders\":40");
        var sessions = new[] { (await desk.OpenAsync("open-1")).SessionId, (await desk.OpenAsync("open-2")).SessionId };
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(worker =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < 60; i++)
                        {
                            var (session, request) = (sessions[(i + worker) % 2], $"w{worker}-{i}");
                            try
                            {
                                await desk.SignOrderAsync(session, 17, request);
                            }
                            catch (SignerException denied) when (denied.Code == ErrorCode.Denied)
                            {
                                continue;
                            }
                            if (i % 3 != 0)
                            {
                                await Task.WhenAll(desk.ReleaseAsync(session, request), desk.ReleaseAsync(session, request));
                            }
                        }
                    })
                )
        );
        var entries = desk.Journal.Entries;
        var kept =
            entries.Count(entry => entry.Kind == EntryKind.Signed) - entries.Count(entry => entry.Kind == EntryKind.ReservationReleased);
        Assert.Equal($"{kept * 17}", ReleaseLog.Check(entries).Values.Single().ToString());
        Assert.Equal($"{500 - (kept * 17)}", desk.Remaining(sessions[0]));
        Assert.InRange(kept * 17, 1, 500);
    }

    internal static Task<SignResult> SignAsync(Desk desk, string session, string request, ulong amount, ulong nonce) =>
        desk.Pipeline.SignTransactionAsync(Desk.Trader, session, request, Desk.Transfer(amount, nonce), default);

    private static async Task<SignerException> FailAsync(Task call) => await Assert.ThrowsAsync<SignerException>(() => call);
}
