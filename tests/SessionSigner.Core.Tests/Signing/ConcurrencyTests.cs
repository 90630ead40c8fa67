using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Budgets are exact under concurrency, and nothing is signed after the end.</summary>
public sealed class ConcurrencyTests
{
    [Theory]
    [InlineData(1_000, 7, 32)]
    [InlineData(100, 100, 16)]
    [InlineData(99, 100, 8)]
    [InlineData(1_000, 1, 16)]
    public async Task Parallel_signers_get_exactly_what_the_budget_holds(long limit, ulong amount, int signers)
    {
        await using var desk = new Desk(limit: limit);
        var session = await desk.OpenAsync();
        var expected = limit / (long)amount;
        var attempts = (int)expected + 50;
        var next = 0;
        var signed = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, signers)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (Interlocked.Increment(ref next) <= attempts)
                        {
                            try
                            {
                                await desk.SignAsync(session.SessionId, amount);
                                Interlocked.Increment(ref signed);
                            }
                            catch (SignerException failure) when (failure.Denial?.Reason == DenialReason.BudgetExceeded) { }
                        }
                    })
                )
        );
        Assert.Equal(expected, signed);
        var entries = desk.Journal.Entries.Where(entry => entry.Kind == EntryKind.Signed).ToList();
        Assert.Equal(expected, entries.Count);
        // The totals in the log are a running sum in the order of the log.
        for (var i = 0; i < entries.Count; i++)
        {
            Assert.Equal(((UInt256)((ulong)(i + 1) * amount)).ToString(), entries[i].Debits.Single().SpentAfter);
        }
        Assert.Equal(
            (UInt256)((ulong)expected * amount),
            desk.Journal.ReadBudgets(session.SessionId).GetValueOrDefault("ceiling.budgets[usdc]")
        );
    }

    [Fact]
    public async Task Reservations_without_pause_get_exactly_what_the_budget_holds()
    {
        const int limit = 400_000;
        await using var desk = new Desk(limit: limit);
        using var key = desk.Vault.Generate();
        var record = new SessionRecord
        {
            SessionId = new string('0', 32),
            Principal = Desk.Trader.Identity,
            Policy = "pay",
            PolicyDigest = default,
            PrimaryKey = "treasury",
            GrantId = default,
            Account = Desk.Account,
            Address = key.Address,
            PublicKey = key.PublicKey.Compressed,
            NotBefore = 0,
            NotAfter = long.MaxValue / 1_000,
            OpenedAtMs = 0,
            GrantJson = default,
        };
        var scope = desk.Policy.CompiledCeiling;
        var clock = new SessionClock(desk.Time, 0, desk.Time.GetTimestamp(), record.NotBefore, record.NotAfter);
        var session = new LiveSession(
            record,
            "",
            key,
            clock,
            scope,
            null,
            SessionMeters.Create(scope, null, 1_000_000, record, new SharedMeters(desk.Journal, desk.Time))
        );
        var entry = new Entry
        {
            Kind = EntryKind.SessionOpened,
            TimeMs = 1,
            SessionId = record.SessionId,
            Grant = "{}"u8.ToArray(),
        };
        Assert.True(session.TryQueueOpening(desk.Journal, record, new JournalWrite(entry), out var durable));
        await durable;
        Assert.True(session.TryActivate());
        using var start = new Barrier(4);
        var taken = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Factory.StartNew(() => TakeAll(session, start), default, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                )
        );
        Assert.Equal(limit, taken.Sum());
    }

    [Fact]
    public async Task Parallel_signers_with_a_narrowing_are_debited_on_both_sides_or_on_none()
    {
        await using var desk = new Desk(limit: 1_000);
        var session = await desk.OpenAsync(narrowing: Desk.Scope(each: 90, limit: 333));
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(i => Task.Run(() => TrySignAsync(desk, session.SessionId, (ulong)(i % 90) + 1)))
        );
        var sums = desk.Journal.ReadBudgets(session.SessionId);
        Assert.Equal(sums["ceiling.budgets[usdc]"], sums["narrowing.budgets[usdc]"]);
        Assert.True(sums["narrowing.budgets[usdc]"] <= 333);
        Assert.True(UInt256.TrySubtract(1_000, sums["ceiling.budgets[usdc]"], out var left));
        Assert.Equal(left.ToString(), desk.Remaining(session.SessionId));
        Assert.Equal(outcomes.Count(outcome => outcome is null), desk.Journal.Kinds.Count(kind => kind == EntryKind.Signed));
    }

    [Fact]
    public async Task Parallel_signers_never_exceed_a_rate_or_a_count()
    {
        await using var desk = new Desk(rates: ",\"rates\":[{\"max\":20,\"window_seconds\":5}]", more: ",\"max_signatures\":30");
        var session = await desk.OpenAsync();
        for (var window = 0; window < 3; window++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => TrySignAsync(desk, session.SessionId, 1))));
            Assert.Equal(window == 0 ? 20 : 30, desk.Journal.Kinds.Count(kind => kind == EntryKind.Signed));
            desk.Time.Advance(TimeSpan.FromSeconds(6));
        }
    }

    [Fact]
    public async Task A_signature_whose_session_ends_before_it_is_queued_is_dropped()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        Task<ClosedSession>? closing = null;
        desk.Vault.AfterSigning = () => closing ??= desk.Registry.CloseAsync(Desk.Trader, session.SessionId, default);
        var failure = await desk.RefuseAsync(session.SessionId);
        Assert.Equal((ErrorCode.SessionEnded, "closed"), (failure.Code, failure.Denial!.Observed));
        Assert.Equal(SessionState.Ended, (await closing!).Session.State);
        Assert.Equal([EntryKind.SessionOpened, EntryKind.SessionEnded, EntryKind.SignRefused], desk.Journal.Kinds);
    }

    [Fact]
    public async Task Nothing_is_signed_after_the_end_however_the_race_goes()
    {
        const int rounds = 2_000;
        const int signers = 16;
        await using var desk = new Desk(limit: 1_000_000, maxOpen: 100, options: new SessionOptions { EntryBurst = rounds * signers * 10 });
        var signed = 0;
        // Widens the gap between signing and journaling, in which the end must be noticed.
        desk.Vault.AfterSigning = () => Thread.Yield();
        for (var round = 0; round < rounds; round++)
        {
            var session = await desk.OpenAsync("open-" + round);
            var firstAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var signing = Parallel.ForAsync(
                0,
                signers,
                new ParallelOptions { MaxDegreeOfParallelism = signers },
                async (i, _) =>
                {
                    if (await TrySignAsync(desk, session.SessionId, 1) is null)
                    {
                        Interlocked.Increment(ref signed);
                        firstAnswer.TrySetResult();
                    }
                }
            );
            // Every other time not before something was answered, so that both sides win some, whatever the machine.
            var start = round % 2 == 0 ? firstAnswer.Task : Task.CompletedTask;
            var revoking = Task.Run(async () =>
            {
                await start;
                return await desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.BySession(session.SessionId), "race");
            });
            await Task.WhenAll(signing, revoking);
            Assert.Equal([session.SessionId], (await revoking).SessionIds);
        }
        Assert.Equal(0, desk.Vault.InUse);
        Desk.AssertNothingSignedAfterEnd(desk.Journal.Entries);
        Assert.Equal(rounds, desk.Journal.Kinds.Count(kind => kind == EntryKind.SessionEnded));
        // The log may have one that did not leave any more, never the other way round.
        Assert.InRange(desk.Journal.Kinds.Count(kind => kind == EntryKind.Signed), signed, rounds * signers);
        // The race was a race: some were signed, some were not.
        Assert.InRange(signed, 1, (rounds * signers) - 1);
    }

    private static int TakeAll(LiveSession session, Barrier start)
    {
        start.SignalAndWait();
        var debits = new ScopeEvaluation();
        Assert.True(debits.Ceiling.TryAdd(0, UInt256.One));
        var taken = 0;
        while (session.TryReserve(debits).IsAllowed)
        {
            taken++;
        }
        return taken;
    }

    private static async Task<SignerException?> TrySignAsync(Desk desk, string sessionId, ulong amount)
    {
        try
        {
            await desk.SignAsync(sessionId, amount);
            return null;
        }
        catch (SignerException failure) when (failure.Code is ErrorCode.Denied or ErrorCode.SessionEnded)
        {
            return failure;
        }
    }
}
