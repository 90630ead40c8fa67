using SessionSigner.Audit;

namespace SessionSigner.Core.Tests;

/// <summary>Every way a session ends wipes its key first and journals the end then.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task Closing_wipes_first_and_journals_then()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        desk.Journal.Mode = _ => JournalMode.Hold;
        var closing = desk.Registry.CloseAsync(Desk.Trader, session.SessionId, default);
        Assert.Equal(0, desk.Vault.InUse);
        Assert.False(closing.IsCompleted);
        desk.Journal.Release();
        var closed = await closing;
        Assert.Equal(
            (SessionState.Ended, SessionEndReason.Closed, Desk.Trader.Identity),
            (closed.Session.State, closed.Session.EndReason, closed.Session.EndedBy)
        );
        Assert.Equal(EntryKind.SessionEnded, desk.Journal.Entries[(int)closed.AuditIndex].Kind);
        var again = await desk.Registry.CloseAsync(Desk.Trader, session.SessionId, default);
        Assert.Equal(closed.AuditIndex, again.AuditIndex);
        Assert.Equal(closed.Session.EndedAtMs, again.Session.EndedAtMs);
        Assert.Equal(closed.Session.ScopeJson, again.Session.ScopeJson);
        Assert.Equal(session.ScopeJson, again.Session.ScopeJson);
    }

    [Fact]
    public async Task The_end_waits_for_a_full_queue()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        desk.Journal.Mode = _ => JournalMode.Overloaded;
        var closing = desk.Registry.CloseAsync(Desk.Trader, session.SessionId, default);
        Assert.Equal(0, desk.Vault.InUse);
        Assert.Equal(SessionState.Ended, desk.Registry.Get(Desk.Trader, false, session.SessionId).State);
        desk.Journal.Mode = _ => JournalMode.Commit;
        desk.Time.Advance(desk.Options.JournalRetryInterval);
        Assert.Equal(SessionEndReason.Closed, (await closing).Session.EndReason);
    }

    [Theory]
    [InlineData(JournalMode.FailAtOnce)]
    [InlineData(JournalMode.FailCommit)]
    internal async Task An_end_that_cannot_be_journaled_wipes_all_the_same(JournalMode mode)
    {
        await using var desk = new Desk();
        var (a, b) = (await desk.OpenAsync("a"), await desk.OpenAsync("b"));
        desk.Journal.Mode = _ => mode;
        var closing = await Assert.ThrowsAsync<SignerException>(() => desk.Registry.CloseAsync(Desk.Trader, a.SessionId, default));
        Assert.Equal(ErrorCode.JournalFailed, closing.Code);
        var revoking = await Assert.ThrowsAsync<SignerException>(() =>
            desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.All(), "x")
        );
        Assert.Equal(ErrorCode.JournalFailed, revoking.Code);
        Assert.Equal(0, desk.Vault.InUse);
        Assert.All(
            new[] { a, b },
            session => Assert.Equal(SessionState.Ended, desk.Registry.Get(Desk.Trader, false, session.SessionId).State)
        );
        await Assert.ThrowsAsync<SignerException>(() => desk.Registry.ShutdownAsync(default));
    }

    [Fact]
    public async Task A_session_expires_by_timer()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync(lifetime: 60);
        desk.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, desk.Vault.InUse);
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, desk.Vault.InUse);
        await Desk.EventuallyAsync(() => desk.Journal.Kinds.Contains(EntryKind.SessionEnded));
        Assert.Equal(
            ("expired", ""),
            (desk.Journal.Single(EntryKind.SessionEnded).Detail, desk.Journal.Single(EntryKind.SessionEnded).Principal)
        );
        Assert.Equal("expired", (await desk.RefuseAsync(session.SessionId)).Denial!.Observed);
    }

    [Fact]
    public async Task Signing_is_refused_at_the_boundary_before_any_timer()
    {
        await using var desk = new Desk(options: new SessionOptions { ExpiryInterval = TimeSpan.FromHours(2) });
        var session = await desk.OpenAsync(lifetime: 60);
        desk.Time.Advance(TimeSpan.FromMilliseconds(59_999));
        await desk.SignAsync(session.SessionId);
        desk.Time.Advance(TimeSpan.FromMilliseconds(1));
        var failure = await desk.RefuseAsync(session.SessionId);
        Assert.Equal((DenialReason.OutsideWindow, "session.not_after"), (failure.Denial!.Reason, failure.Denial.Rule));
        Assert.Equal(0, desk.Vault.InUse);
        Assert.Equal("expired", (await desk.RefuseAsync(session.SessionId)).Denial!.Observed);
    }

    [Fact]
    public async Task Signing_before_the_window_is_refused_with_the_time_to_wait()
    {
        await using var desk = new Desk();
        var start = desk.Time.NowSeconds + 10;
        var session = await desk.OpenAsync(narrowing: Desk.Scope(more: $",\"not_before\":{start}"));
        var failure = await desk.RefuseAsync(session.SessionId);
        Assert.Equal(("session.not_before", 10_000), (failure.Denial!.Rule, failure.Denial.RetryAfterMs));
        // Setting the wall clock ahead does not open the window: the monotonic clock knows better.
        desk.Time.JumpWall(TimeSpan.FromSeconds(20));
        Assert.Equal("session.not_before", (await desk.RefuseAsync(session.SessionId)).Denial!.Rule);
        desk.Time.Advance(TimeSpan.FromSeconds(10));
        await desk.SignAsync(session.SessionId);
    }

    [Fact]
    public async Task Setting_the_wall_clock_back_does_not_lengthen_a_session()
    {
        await using var desk = new Desk(options: new SessionOptions { ExpiryInterval = TimeSpan.FromHours(2) });
        var session = await desk.OpenAsync(lifetime: 60);
        desk.Time.JumpWall(TimeSpan.FromHours(-1));
        Assert.Equal("session.not_before", (await desk.RefuseAsync(session.SessionId)).Denial!.Rule);
        desk.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("session.not_after", (await desk.RefuseAsync(session.SessionId)).Denial!.Rule);
        Assert.Equal(0, desk.Vault.InUse);
    }

    [Fact]
    public async Task Setting_the_wall_clock_a_day_ahead_ends_a_session_for_good()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync(lifetime: 3_600);
        desk.Time.JumpWall(TimeSpan.FromDays(1));
        desk.Time.Advance(desk.Options.ExpiryInterval);
        Assert.Equal(0, desk.Vault.InUse);
        desk.Time.JumpWall(TimeSpan.FromDays(-1));
        Assert.Equal(ErrorCode.SessionEnded, (await desk.RefuseAsync(session.SessionId)).Code);
    }

    [Fact]
    public async Task Revocation_selects_wipes_and_journals_the_order_before_the_ends()
    {
        await using var desk = new Desk();
        var (a, b, c) = (await desk.OpenAsync("a"), await desk.OpenAsync("b"), await desk.OpenAsync("c", caller: Desk.Operator));
        var one = await desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.BySession(a.SessionId), "leaked");
        Assert.Equal([a.SessionId], one.SessionIds);
        Assert.Equal("session_id=" + a.SessionId + "; leaked", desk.Journal.Entries[(int)one.AuditIndex].Detail);
        Assert.Empty((await desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.BySession(a.SessionId), "again")).SessionIds);
        Assert.Empty((await desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.ByPolicy("none"), "x")).SessionIds);
        Assert.Equal(
            [b.SessionId],
            (await desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.ByPrincipal(Desk.Trader.Identity), "x")).SessionIds
        );
        Assert.Equal(
            [c.SessionId],
            (await desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.ByPrimaryKey("treasury"), "x")).SessionIds
        );
        Assert.Equal(0, desk.Vault.InUse);
        var kinds = desk.Journal.Kinds.Skip(3).ToList();
        Assert.Equal([EntryKind.RevocationOrdered, EntryKind.SessionEnded], kinds.Take(2));
        var view = desk.Registry.Get(Desk.Trader, false, b.SessionId);
        Assert.Equal((SessionEndReason.Revoked, Desk.Operator.Identity), (view.EndReason, view.EndedBy));
        Assert.Equal("revoked", (await desk.RefuseAsync(b.SessionId)).Denial!.Observed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("line\nbreak")]
    [InlineData("\u001b[2J")]
    public async Task A_reason_is_printable(string reason)
    {
        await using var desk = new Desk();
        var failure = await Assert.ThrowsAsync<SignerException>(() =>
            desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.All(), reason)
        );
        Assert.Equal((ErrorCode.InvalidRequest, "reason"), (failure.Code, failure.Field));
        var missing = await Assert.ThrowsAsync<SignerException>(() =>
            desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.BySession(new string('0', 32)), "x")
        );
        Assert.Equal(ErrorCode.SessionNotFound, missing.Code);
    }

    [Fact]
    public async Task Revocation_reaches_a_session_that_is_being_opened()
    {
        await using var desk = new Desk();
        var token = new TaskCompletionSource();
        desk.Authority.BeforeSigning = _ => token.Task;
        var opening = desk.OpenAsync();
        var revoked = await desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.All(), "now");
        Assert.Empty(revoked.SessionIds);
        Assert.Equal(0, desk.Vault.InUse);
        token.SetResult();
        Assert.Equal(ErrorCode.SessionEnded, (await Assert.ThrowsAsync<SignerException>(() => opening)).Code);
        Assert.Equal([EntryKind.RevocationOrdered], desk.Journal.Kinds);
    }

    [Fact]
    public async Task Revocation_reaches_a_session_whose_opening_is_queued()
    {
        await using var desk = new Desk();
        desk.Journal.Mode = _ => JournalMode.Hold;
        var opening = desk.OpenAsync();
        var revoking = desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.All(), "now");
        Assert.Equal(0, desk.Vault.InUse);
        desk.Journal.Release();
        Assert.Equal(ErrorCode.SessionEnded, (await Assert.ThrowsAsync<SignerException>(() => opening)).Code);
        Assert.Single((await revoking).SessionIds);
        Assert.Equal([EntryKind.SessionOpened, EntryKind.RevocationOrdered, EntryKind.SessionEnded], desk.Journal.Kinds);
    }

    [Fact]
    public async Task Revocation_reaches_a_session_that_got_into_the_log_just_before_the_order()
    {
        await using var desk = new Desk();
        var first = await desk.OpenAsync("a");
        desk.Journal.Mode = write => write.Entry.Kind == EntryKind.RevocationOrdered ? JournalMode.Overloaded : JournalMode.Commit;
        var revoking = desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.All(), "now");
        var second = await desk.OpenAsync("b");
        desk.Journal.Mode = _ => JournalMode.Commit;
        desk.Time.Advance(desk.Options.JournalRetryInterval);
        Assert.Equal(new[] { first.SessionId, second.SessionId }.Order(StringComparer.Ordinal), (await revoking).SessionIds);
        Assert.Equal(0, desk.Vault.InUse);
    }

    [Fact]
    public async Task Shutdown_wipes_all_and_opens_and_signs_nothing_more()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync("a");
        await desk.OpenAsync("b");
        var token = new TaskCompletionSource();
        desk.Authority.BeforeSigning = _ => token.Task;
        var opening = desk.OpenAsync("c");
        desk.Journal.Mode = _ => JournalMode.Hold;
        var stopping = desk.Registry.ShutdownAsync(default);
        Assert.Equal(0, desk.Vault.InUse);
        desk.Journal.Release();
        await stopping;
        token.SetResult();
        Assert.Equal(ErrorCode.ShuttingDown, (await Assert.ThrowsAsync<SignerException>(() => opening)).Code);
        Assert.Equal(ErrorCode.ShuttingDown, (await Assert.ThrowsAsync<SignerException>(() => desk.OpenAsync("d"))).Code);
        Assert.Equal(ErrorCode.ShuttingDown, (await desk.RefuseAsync(session.SessionId)).Code);
        Assert.Equal(
            ["shutdown", "shutdown"],
            desk.Journal.Entries.Where(entry => entry.Kind == EntryKind.SessionEnded).Select(entry => entry.Detail)
        );
        Assert.Equal(0, desk.Vault.InUse);
    }

    [Fact]
    public async Task Recovery_ends_as_lost_what_the_log_has_as_open()
    {
        await using var crashed = new Desk(maxOpen: 100, options: new SessionOptions { MaxOpenSessionsPerPrincipal = 1_000 });
        var opened = new List<SessionView>();
        for (var i = 0; i < 20; i++)
        {
            opened.Add(await crashed.OpenAsync("o" + i));
        }
        await crashed.Registry.CloseAsync(Desk.Trader, opened[0].SessionId, default);
        var signed = await crashed.SignAsync(opened[1].SessionId, 5, "x");
        await using var restarted = new Desk(journal: crashed.Journal);
        Assert.Equal(19, await restarted.Registry.RecoverAsync());
        Assert.Equal(0, await restarted.Registry.RecoverAsync());
        var page = restarted.Registry.ListSessions(Desk.Trader, false, true, 0, "");
        Assert.Equal(19, page.Sessions.Count(view => view.EndReason == SessionEndReason.Lost));
        // A client that never saw the answer gets it from the new daemon.
        Assert.Equal(signed.Signature65, (await restarted.SignAsync(opened[1].SessionId, 5, "x")).Signature65);
        Assert.Equal("lost", (await restarted.RefuseAsync(opened[1].SessionId)).Denial!.Observed);
        Assert.Equal(opened[3].SessionId, (await restarted.OpenAsync("o3")).SessionId);
    }
}
