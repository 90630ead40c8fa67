using SessionSigner.Audit;

namespace SessionSigner.Core.Tests;

/// <summary>No signature leaves before its entry and its debits are durable; a journal that fails stops signing.</summary>
public sealed class DurabilityTests
{
    [Fact]
    public async Task A_signature_waits_for_its_entry()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        desk.Journal.Mode = _ => JournalMode.Hold;
        var signing = desk.SignAsync(session.SessionId, 10);
        await Desk.EventuallyAsync(() => desk.Journal.Held == 1);
        Assert.False(signing.IsCompleted);
        Assert.Equal(0, desk.Registry.Get(Desk.Trader, false, session.SessionId).Signatures);
        desk.Journal.Release();
        Assert.Equal(1, (await signing).AuditIndex);
    }

    [Fact]
    public async Task A_signature_made_while_the_process_stood_still_is_dropped_if_the_window_has_passed()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync(lifetime: 60);
        // Between the check of the window and the journal, by the wall clock: no timer has run when the process goes on.
        desk.Vault.AfterSigning = () => desk.Time.JumpWall(TimeSpan.FromSeconds(61));
        var refusal = await desk.RefuseAsync(session.SessionId, 10);
        Assert.Equal((DenialReason.OutsideWindow, "session.not_after"), (refusal.Denial!.Reason, refusal.Denial.Rule));
        Assert.DoesNotContain(EntryKind.Signed, desk.Journal.Kinds);
    }

    [Fact]
    public async Task A_commit_that_fails_gives_no_answer_and_stops_signing()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        desk.Journal.Mode = _ => JournalMode.Hold;
        var signing = desk.SignAsync(session.SessionId, 10, "x");
        await Desk.EventuallyAsync(() => desk.Journal.Held == 1);
        desk.Journal.BreakHeld();
        Assert.Equal(ErrorCode.JournalFailed, (await Assert.ThrowsAsync<SignerException>(() => signing)).Code);
        // Doubt makes it stricter: what was reserved stays reserved.
        Assert.Equal("990", desk.Remaining(session.SessionId));
        Assert.Equal(ErrorCode.JournalFailed, (await desk.RefuseAsync(session.SessionId, 10, "x")).Code);
        Assert.Equal(ErrorCode.JournalFailed, (await desk.RefuseAsync(session.SessionId, 1_000)).Code);
        Assert.Equal("990", desk.Remaining(session.SessionId));
    }

    [Theory]
    [InlineData(JournalMode.FailAtOnce)]
    [InlineData(JournalMode.FailCommit)]
    internal async Task A_journal_that_breaks_gives_no_answer(JournalMode mode)
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        desk.Journal.Mode = _ => mode;
        Assert.Equal(ErrorCode.JournalFailed, (await desk.RefuseAsync(session.SessionId, 10)).Code);
        Assert.Equal(ErrorCode.JournalFailed, (await desk.RefuseAsync(session.SessionId, 10)).Code);
        Assert.Equal("990", desk.Remaining(session.SessionId));
        Assert.DoesNotContain(EntryKind.Signed, desk.Journal.Kinds);
    }

    [Fact]
    public async Task A_full_queue_gives_back_exactly_what_was_reserved()
    {
        await using var desk = new Desk(rates: ",\"rates\":[{\"max\":2,\"window_seconds\":60}]", more: ",\"max_signatures\":2");
        var session = await desk.OpenAsync();
        await desk.SignAsync(session.SessionId, 10);
        var before = desk.Registry.Get(Desk.Trader, false, session.SessionId).Headroom;
        desk.Journal.Mode = _ => JournalMode.Overloaded;
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ErrorCode.Overloaded, (await desk.RefuseAsync(session.SessionId, 10, "again")).Code);
        }
        Assert.Equal(before, desk.Registry.Get(Desk.Trader, false, session.SessionId).Headroom);
        desk.Journal.Mode = _ => JournalMode.Commit;
        var result = await desk.SignAsync(session.SessionId, 10, "again");
        Assert.Equal("20", desk.Journal.Entries[(int)result.AuditIndex].Debits[0].SpentAfter);
    }

    [Theory]
    [InlineData(JournalMode.Overloaded, ErrorCode.Overloaded)]
    [InlineData(JournalMode.FailAtOnce, ErrorCode.JournalFailed)]
    [InlineData(JournalMode.FailCommit, ErrorCode.JournalFailed)]
    internal async Task A_refusal_that_cannot_be_journaled_is_a_failure(JournalMode mode, ErrorCode code)
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        desk.Journal.Mode = _ => mode;
        var failure = await desk.RefuseAsync(session.SessionId, 101);
        Assert.Equal((code, (Denial?)null), (failure.Code, failure.Denial));
    }

    [Fact]
    public async Task Cancelling_early_costs_nothing()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        var failure = await Assert.ThrowsAsync<SignerException>(() => desk.SignAsync(session.SessionId, 10, "x", source.Token));
        Assert.Equal(ErrorCode.Cancelled, failure.Code);
        Assert.Equal("1000", desk.Remaining(session.SessionId));
        Assert.Single(desk.Journal.Entries);
    }

    [Fact]
    public async Task Cancelling_after_the_reservation_lets_the_request_complete_and_a_repetition_get_the_answer()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        using var source = new CancellationTokenSource();
        desk.Journal.Mode = _ => JournalMode.Hold;
        var signing = desk.SignAsync(session.SessionId, 10, "x", source.Token);
        await Desk.EventuallyAsync(() => desk.Journal.Held == 1);
        await source.CancelAsync();
        Assert.Equal(ErrorCode.Cancelled, (await Assert.ThrowsAsync<SignerException>(() => signing)).Code);
        var again = desk.SignAsync(session.SessionId, 10, "x");
        desk.Journal.Release();
        var result = await again;
        Assert.Equal(desk.Journal.Single(EntryKind.Signed).RequestId, desk.Journal.Entries[(int)result.AuditIndex].RequestId);
        Assert.Equal("990", desk.Remaining(session.SessionId));
    }

    [Fact]
    public async Task Cancelling_while_the_vault_signs_lets_the_request_complete()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        using var source = new CancellationTokenSource();
        desk.Vault.WhileSigning = source.Cancel;
        await Task.WhenAny(desk.SignAsync(session.SessionId, 10, "x", source.Token));
        Assert.Equal("990", desk.Remaining(session.SessionId));
        var answered = await desk.SignAsync(session.SessionId, 10, "x");
        Assert.Equal(desk.Journal.Kinds.Count - 1, answered.AuditIndex);
        Assert.Equal("990", desk.Remaining(session.SessionId));
    }
}
