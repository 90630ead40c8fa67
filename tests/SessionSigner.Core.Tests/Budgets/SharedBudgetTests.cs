using System.Text;
using SessionSigner.Audit;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>Budgets that sessions share: exact among all of them, and still there at the next start.</summary>
public sealed class SharedBudgetTests
{
    private const string PerPrincipal = "\"window\":\"lifetime\",\"per\":\"principal\"";
    private const string PerPolicy = "\"window\":\"lifetime\",\"per\":\"policy\"";
    private const string PerPrimaryKey = "\"window\":\"lifetime\",\"per\":\"primary_key\"";
    private const string PerPolicyAndDay = "\"window\":\"calendar_day\",\"per\":\"policy\"";
    private const string PerPrincipalRolling =
        "\"window\":\"rolling\",\"window_seconds\":60,\"granularity_seconds\":5,\"per\":\"principal\"";

    [Theory]
    [InlineData(PerPrincipal, 1_000, 7)]
    [InlineData(PerPolicy, 1_000, 13)]
    [InlineData(PerPrimaryKey, 300, 100)]
    [InlineData(PerPolicyAndDay, 500, 3)]
    [InlineData(PerPrincipalRolling, 500, 3)]
    public async Task Parallel_signers_of_several_sessions_get_exactly_what_the_budget_holds(string budget, long limit, int amount)
    {
        await using var desk = new Desk(limit: limit, budget: budget);
        var sessions = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            sessions.Add((await desk.OpenAsync($"open-{i}")).SessionId);
        }
        var expected = limit / amount;
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, (int)expected + 60).Select(i => Task.Run(() => TrySignAsync(desk, sessions[i % 4], (ulong)amount)))
        );
        Assert.Equal(expected, outcomes.Count(denial => denial is null));
        Assert.All(outcomes.OfType<Denial>(), denial => Assert.Equal("ceiling.budgets[usdc]", denial.Rule));
        // The totals in the log are running sums in the order of the log, over all sessions.
        var debits = desk.Journal.Entries.Where(entry => entry.Kind == EntryKind.Signed).Select(entry => entry.Debits.Single()).ToList();
        for (var i = 0; i < debits.Count; i++)
        {
            Assert.Equal($"{(i + 1) * amount}", debits[i].SpentAfter);
        }
        Assert.All(sessions, session => Assert.Equal($"{limit % amount}", desk.Remaining(session)));
    }

    [Theory]
    [InlineData(PerPrincipal)]
    [InlineData(PerPrincipalRolling)]
    public async Task Sessions_that_reserve_without_pause_get_exactly_what_the_budget_holds(string budget)
    {
        const int limit = 300_000;
        await using var desk = new Desk(limit: limit, budget: budget);
        var session = desk.Journal.FindSession((await desk.OpenAsync()).SessionId)!;
        var shared = new SharedMeters(desk.Journal, desk.Time);
        using var start = new Barrier(4);
        var taken = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () => TakeAll(SessionMeters.Create(desk.Policy.CompiledCeiling, null, 1_000_000, session, shared), start),
                        default,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                )
        );
        Assert.Equal(limit, taken.Sum());
    }

    [Theory]
    [InlineData(PerPrincipal)]
    [InlineData(PerPolicy)]
    [InlineData(PerPrimaryKey)]
    [InlineData(PerPolicyAndDay)]
    [InlineData(PerPrincipalRolling)]
    public async Task The_total_is_still_there_at_the_next_start(string budget)
    {
        await using var first = new Desk(limit: 100, budget: budget);
        await first.SignAsync((await first.OpenAsync()).SessionId, 70);
        await using var next = new Desk(limit: 100, budget: budget, before: first);
        var session = await next.OpenAsync("open-2");
        Assert.Equal("30", next.Remaining(session.SessionId));
        var denial = (await next.RefuseAsync(session.SessionId, 31)).Denial!;
        Assert.Equal(("31", "100", "30"), (denial.Observed, denial.Limit, denial.Headroom));
        await next.SignAsync(session.SessionId, 30);
    }

    [Fact]
    public async Task Another_version_of_the_policy_goes_on_with_the_total_and_has_its_own_limit()
    {
        await using var first = new Desk(limit: 100, budget: PerPrincipal);
        await first.SignAsync((await first.OpenAsync()).SessionId, 70);
        await using var lower = new Desk(limit: 50, budget: PerPrincipal, before: first, more: ",\"max_signatures\":5");
        var session = await lower.OpenAsync("open-2");
        Assert.NotEqual(first.Policy.Digest, lower.Policy.Digest);
        Assert.Equal("0", lower.Remaining(session.SessionId));
        Assert.Equal(0, (await lower.RefuseAsync(session.SessionId, 1)).Denial!.RetryAfterMs);
        await using var daily = new Desk(
            limit: 100,
            budget: PerPrincipal.Replace("lifetime", "calendar_day", StringComparison.Ordinal),
            before: first
        );
        Assert.Equal("30", daily.Remaining((await daily.OpenAsync("open-3")).SessionId));
    }

    [Fact]
    public async Task Principals_share_what_is_per_policy_and_not_what_is_per_principal()
    {
        foreach (var (budget, left) in new[] { (PerPolicy, "60"), (PerPrimaryKey, "60"), (PerPrincipal, "100") })
        {
            await using var desk = new Desk(limit: 100, budget: budget);
            await desk.SignAsync((await desk.OpenAsync()).SessionId, 40);
            var other = await desk.OpenAsync("open-2", caller: Desk.Operator);
            Assert.Equal(left, desk.Registry.Get(Desk.Operator, false, other.SessionId).Headroom[0].Remaining);
        }
    }

    [Fact]
    public async Task A_day_that_ends_frees_what_sessions_share()
    {
        await using var desk = new Desk(limit: 100, budget: PerPolicyAndDay);
        var session = await desk.OpenAsync(lifetime: 3_600);
        await desk.SignAsync(session.SessionId, 100);
        var denial = (await desk.RefuseAsync(session.SessionId, 1)).Denial!;
        var midnight = ((desk.Time.NowSeconds / 86_400) + 1) * 86_400;
        Assert.Equal((midnight - desk.Time.NowSeconds) * 1_000, denial.RetryAfterMs);
        // The session would not live so long; its next one does.
        desk.Time.Advance(TimeSpan.FromMilliseconds(denial.RetryAfterMs));
        var next = await desk.OpenAsync("open-2");
        desk.Time.JumpWall(TimeSpan.FromHours(-1));
        Assert.Equal("100", desk.Remaining(next.SessionId));
        desk.Time.JumpWall(TimeSpan.FromHours(1));
        await desk.SignAsync(next.SessionId, 100);
    }

    [Fact]
    public async Task Nothing_that_a_session_does_keeps_another_from_the_total()
    {
        await using var desk = new Desk(limit: 100, budget: PerPrincipal);
        var session = desk.Journal.FindSession((await desk.OpenAsync()).SessionId)!;
        var shared = new SharedMeters(desk.Journal, desk.Time);
        var (one, two) = (Create(), Create());
        var debits = new ScopeEvaluation();
        Assert.True(debits.Ceiling.TryAdd(0, UInt256.One));
        Action[] uses =
        [
            () => one.Preview(debits, default, []),
            () => one.TryReserve(debits, default),
            () => one.Release(debits.Reservation, default),
            () => one.TryReserve(debits, default),
            () => _ = one.Book(debits, 1, _ => Task.FromResult(0L)),
            () => _ = one.GiveBack([], 1, isVoid: true, default, _ => Task.FromResult(0L)),
            () => one.Snapshot(default),
            () => one.Preview(Refused(), default, []),
            () => one.TryReserve(Refused(), default),
        ];
        foreach (var use in uses)
        {
            use();
            var other = new Thread(() => two.Snapshot(default)) { IsBackground = true };
            other.Start();
            Assert.True(other.Join(TimeSpan.FromSeconds(10)));
        }

        SessionMeters Create() => SessionMeters.Create(desk.Policy.CompiledCeiling, null, 1_000, session, shared);

        static ScopeEvaluation Refused()
        {
            var tooMuch = new ScopeEvaluation();
            Assert.True(tooMuch.Ceiling.TryAdd(0, 101));
            return tooMuch;
        }
    }

    [Fact]
    public async Task What_is_forgotten_of_a_policy_is_read_again_and_another_policy_stays()
    {
        await using var desk = new Desk();
        var session = desk.Journal.FindSession((await desk.OpenAsync()).SessionId)!;
        var reads = new List<string>();
        var shared = new SharedMeters(
            (key, _) =>
            {
                reads.Add(key.Policy);
                return [];
            },
            desk.Time
        );
        var rule = new BudgetRule("b", "b", "u", 10) { Per = BudgetPer.Policy };
        var (one, other) = (session with { Policy = "one" }, session with { Policy = "other" });
        Find(one);
        Find(other);
        shared.Forget("one");
        Find(one);
        Find(other);
        Assert.Equal(["one", "other", "one"], reads);
        var daily = rule with { Window = BudgetWindow.CalendarDay };
        Assert.Throws<InvalidOperationException>(() => shared.FindTotal(shared.FindSet(BudgetPer.Policy, one), daily));

        void Find(SessionRecord session) => Assert.NotNull(shared.FindTotal(shared.FindSet(BudgetPer.Policy, session), rule));
    }

    [Fact]
    public async Task What_the_journal_did_not_take_is_given_back_to_all()
    {
        await using var desk = new Desk(limit: 100, budget: PerPrincipal);
        var (one, two) = ((await desk.OpenAsync()).SessionId, (await desk.OpenAsync("open-2")).SessionId);
        desk.Journal.Mode = write => write.Entry.Kind == EntryKind.Signed ? JournalMode.Overloaded : JournalMode.Commit;
        await desk.RefuseAsync(one, 80);
        desk.Journal.Mode = _ => JournalMode.Commit;
        await desk.SignAsync(two, 100);
    }

    [Fact]
    public async Task A_session_that_cannot_take_from_one_budget_takes_from_none()
    {
        await using var desk = new Desk(limit: 100, budget: PerPrincipal);
        var narrowed = (await desk.OpenAsync(narrowing: Desk.Scope(limit: 10))).SessionId;
        Assert.Equal("narrowing.budgets[usdc]", (await desk.RefuseAsync(narrowed, 11)).Denial!.Rule);
        Assert.Equal("100", desk.Remaining(narrowed));
    }

    [Fact]
    public void A_narrowing_shares_nothing()
    {
        Assert.True(Scope.TryParse(Encoding.UTF8.GetBytes(Desk.Scope(budget: PerPrincipal)), out var scope, out _));
        Assert.True(CompiledScope.TryCompile("ceiling", scope!, out _, out _));
        Assert.False(CompiledScope.TryCompile("narrowing", scope!, out _, out var faults));
        Assert.StartsWith("narrowing.budgets[0].per", Assert.Single(faults), StringComparison.Ordinal);
    }

    private static int TakeAll(SessionMeters meters, Barrier start)
    {
        var debits = new ScopeEvaluation();
        Assert.True(debits.Ceiling.TryAdd(0, UInt256.One));
        start.SignalAndWait();
        var taken = 0;
        while (meters.TryReserve(debits, new MeterTime(0, 1_800_000_000_000)).IsAllowed)
        {
            taken++;
        }
        return taken;
    }

    private static async Task<Denial?> TrySignAsync(Desk desk, string session, ulong amount)
    {
        try
        {
            await desk.SignAsync(session, amount);
            return null;
        }
        catch (SignerException failure) when (failure.Denial?.Reason == DenialReason.BudgetExceeded)
        {
            return failure.Denial;
        }
    }
}
