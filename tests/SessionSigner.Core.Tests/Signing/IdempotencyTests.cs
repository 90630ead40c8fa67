using SessionSigner.Audit;

namespace SessionSigner.Core.Tests;

/// <summary>The same request identifier and body gets the same answer and one debit; another body is refused.</summary>
public sealed class IdempotencyTests
{
    [Fact]
    public async Task A_repetition_gets_the_same_answer_without_a_second_debit()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        var first = await desk.SignAsync(session.SessionId, 10, "x");
        var again = await desk.SignAsync(session.SessionId, 10, "x");
        AssertSame(first, again);
        Assert.Equal("990", again.Headroom[0].Remaining);
        Assert.Equal("990", desk.Remaining(session.SessionId));
        desk.Journal.Single(EntryKind.Signed);
    }

    [Fact]
    public async Task Another_body_under_the_same_identifier_is_refused()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        await desk.SignAsync(session.SessionId, 10, "x");
        Assert.Equal(ErrorCode.RequestIdReused, (await desk.RefuseAsync(session.SessionId, 11, "x")).Code);
        var typed = await Assert.ThrowsAsync<SignerException>(() =>
            desk.Pipeline.SignTypedDataAsync(Desk.Trader, session.SessionId, "x", Desk.Transfer(10), default)
        );
        Assert.Equal(ErrorCode.RequestIdReused, typed.Code);
        Assert.Equal("990", desk.Remaining(session.SessionId));
    }

    [Fact]
    public async Task Another_body_under_an_identifier_under_way_is_refused()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        desk.Journal.Mode = _ => JournalMode.Hold;
        var signing = desk.SignAsync(session.SessionId, 10, "x");
        await Desk.EventuallyAsync(() => desk.Journal.Held == 1);
        Assert.Equal(ErrorCode.RequestIdReused, (await desk.RefuseAsync(session.SessionId, 11, "x")).Code);
        desk.Journal.Release();
        await signing;
    }

    [Fact]
    public async Task An_ended_session_still_answers_what_it_answered_and_signs_nothing_new()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        var first = await desk.SignAsync(session.SessionId, 10, "x");
        await desk.Registry.CloseAsync(Desk.Trader, session.SessionId, default);
        var again = await desk.SignAsync(session.SessionId, 10, "x");
        AssertSame(first, again);
        Assert.Empty(again.Headroom);
        Assert.Equal(ErrorCode.RequestIdReused, (await desk.RefuseAsync(session.SessionId, 11, "x")).Code);
        var failure = await desk.RefuseAsync(session.SessionId, 10, "y");
        Assert.Equal(
            (ErrorCode.SessionEnded, DenialReason.SessionEnded, "session.state", "closed"),
            (failure.Code, failure.Denial!.Reason, failure.Denial.Rule, failure.Denial.Observed)
        );
        Assert.Equal(EntryKind.SignRefused, desk.Journal.Entries[(int)failure.AuditIndex!.Value].Kind);
    }

    [Fact]
    public async Task A_revoked_session_does_not_even_answer_what_it_answered()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        await desk.SignAsync(session.SessionId, 10, "x");
        await RevokeAsync(desk, session.SessionId);
        var failure = await desk.RefuseAsync(session.SessionId, 10, "x");
        Assert.Equal((ErrorCode.SessionEnded, "revoked"), (failure.Code, failure.Denial!.Observed));
        Assert.Equal(EntryKind.SignRefused, desk.Journal.Entries[(int)failure.AuditIndex!.Value].Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_signature_that_waits_for_its_entry_does_not_leave_once_its_session_is_revoked(bool isBroken)
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        desk.Journal.Mode = _ => JournalMode.Hold;
        var signing = desk.RefuseAsync(session.SessionId, 10, "x");
        await Desk.EventuallyAsync(() => desk.Journal.Held == 1);
        var repeating = desk.RefuseAsync(session.SessionId, 10, "x");
        var revoking = RevokeAsync(desk, session.SessionId);
        await Desk.EventuallyAsync(() => desk.Journal.Held == 2);
        // The key is wiped; the entry becomes durable only now, and what is written after it may fail.
        desk.Journal.Release(then: isBroken ? JournalMode.FailCommit : JournalMode.Commit);
        var expected = isBroken ? ErrorCode.JournalFailed : ErrorCode.SessionEnded;
        Assert.Equal([expected, expected], (await Task.WhenAll(signing, repeating)).Select(failure => failure.Code));
        desk.Journal.Single(EntryKind.Signed);
        Assert.Equal(isBroken, await Record.ExceptionAsync(() => revoking) is not null);
    }

    [Fact]
    public async Task Many_at_once_get_one_signature_and_one_debit()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        for (var round = 0; round < 50; round++)
        {
            var id = Desk.NextRequestId();
            desk.Journal.Mode = _ => JournalMode.Hold;
            var signing = Enumerable.Range(0, 16).Select(_ => Task.Run(() => desk.SignAsync(session.SessionId, 1, id))).ToList();
            await Desk.EventuallyAsync(() => desk.Journal.Held == 1);
            desk.Journal.Release();
            var results = await Task.WhenAll(signing);
            Assert.All(results, result => AssertSame(results[0], result));
        }
        Assert.Equal("950", desk.Remaining(session.SessionId));
        Assert.Equal(50, desk.Journal.Kinds.Count(kind => kind == EntryKind.Signed));
    }

    [Fact]
    public async Task Who_waits_for_a_refused_request_gets_the_same_refusal()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        desk.Journal.Mode = _ => JournalMode.Hold;
        var refusals = Enumerable.Range(0, 4).Select(_ => desk.RefuseAsync(session.SessionId, 101, "x")).ToList();
        desk.Journal.Release();
        Assert.Single((await Task.WhenAll(refusals)).Select(failure => failure.AuditIndex).Distinct());
    }

    [Fact]
    public async Task Identifiers_belong_to_their_session()
    {
        await using var desk = new Desk();
        var (a, b) = (await desk.OpenAsync("a"), await desk.OpenAsync("b"));
        var first = await desk.SignAsync(a.SessionId, 10, "x");
        var second = await desk.SignAsync(b.SessionId, 11, "x");
        Assert.NotEqual(first.Signature65, second.Signature65);
    }

    private static Task<RevocationResult> RevokeAsync(Desk desk, string sessionId) =>
        desk.Registry.RevokeAsync(Desk.Operator, new RevocationSelector.BySession(sessionId), "stolen");

    private static void AssertSame(SignResult expected, SignResult actual)
    {
        Assert.Equal(expected.Digest, actual.Digest);
        Assert.Equal(expected.Signature65, actual.Signature65);
        Assert.Equal(expected.SignedTransaction, actual.SignedTransaction);
        Assert.Equal(expected.AuditIndex, actual.AuditIndex);
    }
}
