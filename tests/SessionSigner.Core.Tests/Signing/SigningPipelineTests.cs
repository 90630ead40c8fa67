using System.Security.Cryptography;
using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

public sealed class SigningPipelineTests
{
    [Fact]
    public async Task Sessions_without_end_do_not_fill_the_log()
    {
        await using var desk = new Desk(options: new SessionOptions { EntryBurst = 40, EntriesPerSecond = 1 });
        var failure = await Assert.ThrowsAsync<SignerException>(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                await desk.Registry.CloseAsync(Desk.Trader, (await desk.OpenAsync("o" + i)).SessionId, default);
            }
        });
        Assert.Equal(ErrorCode.Overloaded, failure.Code);
        Assert.Equal(0, desk.Vault.InUse);
        await desk.OpenAsync("other", caller: Desk.Operator);
        desk.Time.Advance(TimeSpan.FromSeconds(30));
        await desk.OpenAsync("later");
    }

    [Fact]
    public async Task Refusals_without_end_do_not_fill_the_log()
    {
        await using var trial = new Desk();
        var openingUnits = EntryAllowance.Opening(System.Text.Encoding.UTF8.GetByteCount((await trial.OpenAsync()).ScopeJson));
        await using var desk = new Desk(options: new SessionOptions { EntryBurst = openingUnits + 3, EntriesPerSecond = 1 });
        var session = await desk.OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ErrorCode.Denied, (await desk.RefuseAsync(session.SessionId, 101)).Code);
        }
        var entries = desk.Journal.Entries.Count;
        Assert.Equal(ErrorCode.Overloaded, (await desk.RefuseAsync(session.SessionId, 101)).Code);
        var unknown = Desk.Command("o2") with { Audience = "nobody" };
        var open = await Assert.ThrowsAsync<SignerException>(() => desk.Registry.OpenAsync(Desk.Trader, unknown, default));
        Assert.Equal(ErrorCode.Overloaded, open.Code);
        Assert.Equal(entries, desk.Journal.Entries.Count);

        // What the scope allows is signed all the same; others and later requests are refused as before.
        await desk.SignAsync(session.SessionId, 1);
        var other = await Assert.ThrowsAsync<SignerException>(() => desk.Registry.OpenAsync(Desk.Other, unknown, default));
        Assert.Equal(ErrorCode.NotFound, other.Code);
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ErrorCode.Denied, (await desk.RefuseAsync(session.SessionId, 101)).Code);
    }

    [Fact]
    public async Task A_signature_recovers_to_the_session_and_is_in_the_log()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        var result = await desk.SignAsync(session.SessionId, 40, "pay-1");
        var recovered = new byte[33];
        Assert.True(Secp256k1.TryRecover(result.Digest, result.Signature65, recovered));
        Assert.Equal(session.PublicKey.ToArray(), recovered);
        Assert.NotNull(result.SignedTransaction);
        Assert.Contains(new Headroom("ceiling.budgets[usdc]", "USDC base units", "1000", "960"), result.Headroom);
        var entry = desk.Journal.Entries[(int)result.AuditIndex];
        Assert.Equal(
            (EntryKind.Signed, "pay-1", "transaction", "ceiling.permissions[0]"),
            (entry.Kind, entry.RequestId, entry.PayloadKind, entry.Rule)
        );
        Assert.Equal(result.Digest.ToArray(), entry.PayloadDigest.ToArray());
        Assert.Equal(SHA256.HashData(result.Signature65.AsSpan(0, 64)), entry.SignatureHash.ToArray());
        Assert.Equal([new BudgetDebit("ceiling.budgets[usdc]", "40", "40")], entry.Debits);
        Assert.Equal(1, desk.Registry.Get(Desk.Trader, false, session.SessionId).Signatures);
    }

    [Fact]
    public async Task Typed_data_is_signed_within_its_domain_and_shares_the_budget()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        await desk.SignAsync(session.SessionId, 100);
        var result = await desk.Pipeline.SignTypedDataAsync(Desk.Trader, session.SessionId, "o1", Desk.Order(60), default);
        var recovered = new byte[33];
        Assert.True(Secp256k1.TryRecover(result.Digest, result.Signature65, recovered));
        Assert.Equal(session.PublicKey.ToArray(), recovered);
        Assert.Null(result.SignedTransaction);
        Assert.Equal("840", desk.Remaining(session.SessionId));
        Assert.Equal(("typed_data", "ceiling.permissions[1]"), (desk.Journal.Entries[^1].PayloadKind, desk.Journal.Entries[^1].Rule));
        await AssertOrderDeniedAsync(desk, session, Desk.Order(101), DenialReason.ConstraintUnmet);
        await AssertOrderDeniedAsync(desk, session, Desk.Order(1, "Elsewhere"), DenialReason.DomainNotAllowed);
    }

    [Fact]
    public async Task Calls_inside_a_call_are_held_against_the_budget_together()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        var over = await Assert.ThrowsAsync<SignerException>(() => SignAsync([.. Enumerable.Repeat(91UL, 11)]));
        AssertDenied(over, DenialReason.BudgetExceeded, "ceiling.budgets[usdc]");
        var one = await Assert.ThrowsAsync<SignerException>(() => SignAsync(100, 101));
        AssertDenied(one, DenialReason.ConstraintUnmet, "ceiling.permissions[0].constraints[0]");
        Assert.Equal("1000", desk.Remaining(session.SessionId));
        await SignAsync([.. Enumerable.Repeat(100UL, 10)]);
        Assert.Equal("0", desk.Remaining(session.SessionId));
        Assert.Equal([new BudgetDebit("ceiling.budgets[usdc]", "1000", "1000")], desk.Journal.Single(EntryKind.Signed).Debits);
        Assert.Equal("ceiling.permissions[2]", desk.Journal.Single(EntryKind.Signed).Rule);
        AssertDenied(await desk.RefuseAsync(session.SessionId, 1), DenialReason.BudgetExceeded, "ceiling.budgets[usdc]");

        Task<SignResult> SignAsync(params ulong[] amounts)
        {
            var calls = amounts.Select(amount => "0x" + Convert.ToHexString(Desk.TransferData(amount)));
            var data = Convert.FromHexString(Containers.MulticallData([.. calls]).AsSpan(2));
            return desk.Pipeline.SignTransactionAsync(
                Desk.Trader,
                session.SessionId,
                Desk.NextRequestId(),
                Desk.Transaction(data, 0, Desk.Token),
                CancellationToken.None
            );
        }
    }

    [Fact]
    public async Task Both_sides_must_allow_and_both_are_debited()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync(narrowing: Desk.Scope(each: 50, limit: 60));
        var result = await desk.SignAsync(session.SessionId, 50);
        Assert.Equal("narrowing.permissions[0]", desk.Journal.Single(EntryKind.Signed).Detail);
        Assert.Equal(
            ["950", "10"],
            result.Headroom.Where(item => item.Rule.EndsWith("[usdc]", StringComparison.Ordinal)).Select(item => item.Remaining)
        );
        AssertDenied(
            await desk.RefuseAsync(session.SessionId, 51),
            DenialReason.ConstraintUnmet,
            "narrowing.permissions[0].constraints[0]"
        );
        AssertDenied(await desk.RefuseAsync(session.SessionId, 101), DenialReason.ConstraintUnmet, "ceiling.permissions[0].constraints[0]");
        AssertDenied(await desk.RefuseAsync(session.SessionId, 11), DenialReason.BudgetExceeded, "narrowing.budgets[usdc]");
        // The ceiling had room for the 11 and nothing was taken from it.
        Assert.Equal("950", desk.Remaining(session.SessionId));
    }

    [Fact]
    public async Task A_refusal_is_in_the_log_before_the_answer_and_may_be_repeated()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        await desk.SignAsync(session.SessionId, 100);
        for (var i = 0; i < 9; i++)
        {
            await desk.SignAsync(session.SessionId, 99);
        }
        var failure = await desk.RefuseAsync(session.SessionId, 10, "last");
        AssertDenied(failure, DenialReason.BudgetExceeded, "ceiling.budgets[usdc]");
        Assert.Equal(("10", "1000", "9"), (failure.Denial!.Observed, failure.Denial.Limit, failure.Denial.Headroom));
        var entry = desk.Journal.Entries[(int)failure.AuditIndex!.Value];
        Assert.Equal((EntryKind.SignRefused, "BudgetExceeded", "10", "1000"), (entry.Kind, entry.Reason, entry.Observed, entry.Limit));
        AssertDenied(await desk.RefuseAsync(session.SessionId, 10, "last"), DenialReason.BudgetExceeded, "ceiling.budgets[usdc]");
        // Not stored as an answer: another body under the identifier is as good as a new request.
        await desk.SignAsync(session.SessionId, 9, "last");
    }

    [Fact]
    public async Task A_refusal_is_not_answered_before_it_is_durable()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        desk.Journal.Mode = _ => JournalMode.Hold;
        var refusal = desk.RefuseAsync(session.SessionId, 101);
        Assert.False(refusal.IsCompleted);
        desk.Journal.Release();
        AssertDenied(await refusal, DenialReason.ConstraintUnmet, "ceiling.permissions[0].constraints[0]");
    }

    [Fact]
    public async Task What_cannot_be_decoded_is_refused_and_journaled()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        byte[] good = Desk.Transfer(1);
        foreach (var bad in new[] { good[..^1], [.. good, 0], [0x05, .. good[1..]], "{}"u8.ToArray(), new byte[131_072], [0xff] })
        {
            var failure = await Assert.ThrowsAsync<SignerException>(() =>
                desk.Pipeline.SignTransactionAsync(Desk.Trader, session.SessionId, "x", bad, default)
            );
            AssertDenied(failure, DenialReason.Undecodable, "payload.unsigned_transaction");
            Assert.Empty(desk.Journal.Entries[(int)failure.AuditIndex!.Value].PayloadDigest.ToArray());
        }
        var typed = await Assert.ThrowsAsync<SignerException>(() =>
            desk.Pipeline.SignTypedDataAsync(Desk.Trader, session.SessionId, "x", "{\"a\":1,\"a\":2}"u8.ToArray(), default)
        );
        AssertDenied(typed, DenialReason.Undecodable, "payload.typed_data_json");
        await desk.SignAsync(session.SessionId, requestId: "x");
    }

    [Fact]
    public async Task A_target_that_no_permission_names_is_refused()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        var failure = await Assert.ThrowsAsync<SignerException>(() =>
            desk.Pipeline.SignTransactionAsync(Desk.Trader, session.SessionId, "x", Desk.Transfer(1, target: Desk.AddressOf(0x99)), default)
        );
        Assert.Equal(DenialReason.TargetNotAllowed, failure.Denial!.Reason);
    }

    [Fact]
    public async Task Malformed_requests_name_their_field_and_consume_nothing()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        await AssertInvalidAsync(desk, session.SessionId, "", [1], "request_id");
        await AssertInvalidAsync(desk, session.SessionId, new string('a', 65), [1], "request_id");
        await AssertInvalidAsync(desk, session.SessionId, "../x", [1], "request_id");
        await AssertInvalidAsync(desk, session.SessionId, "$end", [1], "request_id");
        await AssertInvalidAsync(desk, session.SessionId, "r", [], "unsigned_transaction");
        await AssertInvalidAsync(desk, session.SessionId, "r", new byte[131_073], "unsigned_transaction");
        await AssertInvalidAsync(desk, "", "r", [1], "session_id");
        await AssertInvalidAsync(desk, session.SessionId.ToUpperInvariant() + "A", "r", [1], "session_id");
        Assert.Single(desk.Journal.Entries);
    }

    [Fact]
    public async Task Another_principals_session_does_not_exist()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        var none = new string('0', 32);
        foreach (var closed in new[] { false, true })
        {
            if (closed)
            {
                await desk.Registry.CloseAsync(Desk.Trader, session.SessionId, default);
            }
            var other = await Assert.ThrowsAsync<SignerException>(() =>
                desk.Pipeline.SignTransactionAsync(Desk.Other, session.SessionId, "r", Desk.Transfer(1), default)
            );
            var missing = await Assert.ThrowsAsync<SignerException>(() =>
                desk.Pipeline.SignTransactionAsync(Desk.Other, none, "r", Desk.Transfer(1), default)
            );
            Assert.Equal(
                (missing.Code, missing.Message, missing.Field, missing.AuditIndex),
                (other.Code, other.Message, other.Field, other.AuditIndex)
            );
            Assert.Equal(ErrorCode.SessionNotFound, other.Code);
            Assert.Throws<SignerException>(() => desk.Registry.Get(Desk.Other, false, session.SessionId));
            Assert.Throws<SignerException>(() =>
                desk.Pipeline.Evaluate(Desk.Other, session.SessionId, PayloadKind.Transaction, Desk.Transfer(1))
            );
            Assert.Throws<SignerException>(() => desk.Registry.FindGrant(Desk.Other, false, session.GrantId));
            await Assert.ThrowsAsync<SignerException>(() => desk.Registry.CloseAsync(Desk.Other, session.SessionId, default));
        }
        // Reading everything does not mean signing.
        Assert.Equal(session.SessionId, desk.Registry.Get(Desk.Other, true, session.SessionId).SessionId);
    }

    [Fact]
    public async Task A_session_makes_no_more_signatures_than_its_scope_and_its_cap_allow()
    {
        await using var desk = new Desk(more: ",\"max_signatures\":2");
        var session = await desk.OpenAsync();
        await desk.SignAsync(session.SessionId);
        await desk.SignAsync(session.SessionId);
        AssertDenied(await desk.RefuseAsync(session.SessionId), DenialReason.MaxSignaturesReached, "ceiling.max_signatures");
        await using var capped = new Desk(options: new SessionOptions { MaxSignaturesPerSession = 1 });
        var other = await capped.OpenAsync();
        await capped.SignAsync(other.SessionId);
        AssertDenied(await capped.RefuseAsync(other.SessionId), DenialReason.MaxSignaturesReached, "session.max_signatures");
    }

    [Fact]
    public async Task Rates_refuse_until_the_window_has_moved()
    {
        await using var desk = new Desk(rates: ",\"rates\":[{\"max\":2,\"window_seconds\":1},{\"max\":3,\"window_seconds\":60}]");
        var session = await desk.OpenAsync();
        await desk.SignAsync(session.SessionId);
        await desk.SignAsync(session.SessionId);
        var failure = await desk.RefuseAsync(session.SessionId);
        AssertDenied(failure, DenialReason.RateExceeded, "ceiling.rates[0]");
        Assert.Equal(1_001, failure.Denial!.RetryAfterMs);
        // The wall clock does not refill a rate.
        desk.Time.JumpWall(TimeSpan.FromSeconds(10));
        AssertDenied(await desk.RefuseAsync(session.SessionId), DenialReason.RateExceeded, "ceiling.rates[0]");
        desk.Time.Advance(TimeSpan.FromMilliseconds(failure.Denial.RetryAfterMs));
        await desk.SignAsync(session.SessionId);
        AssertDenied(await desk.RefuseAsync(session.SessionId), DenialReason.RateExceeded, "ceiling.rates[1]");
    }

    [Fact]
    public async Task Evaluate_says_what_signing_would_and_consumes_nothing()
    {
        await using var desk = new Desk(rates: ",\"rates\":[{\"max\":1,\"window_seconds\":1}]");
        var session = await desk.OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            var evaluated = desk.Pipeline.Evaluate(Desk.Trader, session.SessionId, PayloadKind.Transaction, Desk.Transfer(40));
            Assert.Null(evaluated.Denial);
            Assert.Equal(["960", "0", "999999"], evaluated.Headroom.Select(item => item.Remaining));
        }
        var signed = await desk.Pipeline.SignTransactionAsync(Desk.Trader, session.SessionId, "r", Desk.Transfer(40), default);
        Assert.Equal(["960", "0", "999999"], signed.Headroom.Select(item => item.Remaining));
        var denied = desk.Pipeline.Evaluate(Desk.Trader, session.SessionId, PayloadKind.Transaction, Desk.Transfer(40));
        Assert.Equal(("ceiling.rates[0]", signed.Digest), (denied.Denial!.Rule, denied.Digest));
        Assert.Equal(["960", "0", "999999"], denied.Headroom.Select(item => item.Remaining));
        Assert.Equal(
            DenialReason.ConstraintUnmet,
            desk.Pipeline.Evaluate(Desk.Trader, session.SessionId, PayloadKind.Transaction, Desk.Transfer(101)).Denial!.Reason
        );
        var undecodable = desk.Pipeline.Evaluate(Desk.Trader, session.SessionId, PayloadKind.TypedData, "[]"u8.ToArray());
        Assert.Equal((DenialReason.Undecodable, (Hash32?)null), (undecodable.Denial!.Reason, undecodable.Digest));
        await desk.Registry.CloseAsync(Desk.Trader, session.SessionId, default);
        var ended = desk.Pipeline.Evaluate(Desk.Trader, session.SessionId, PayloadKind.Transaction, Desk.Transfer(1));
        Assert.Equal((DenialReason.SessionEnded, "closed"), (ended.Denial!.Reason, ended.Denial.Observed));
        Assert.Equal([EntryKind.SessionOpened, EntryKind.Signed, EntryKind.SessionEnded], desk.Journal.Kinds);
    }

    private static void AssertDenied(SignerException failure, DenialReason reason, string rule)
    {
        Assert.Equal(ErrorCode.Denied, failure.Code);
        Assert.Equal((reason, rule), (failure.Denial!.Reason, failure.Denial.Rule));
        Assert.NotNull(failure.AuditIndex);
    }

    private static async Task AssertOrderDeniedAsync(Desk desk, SessionView session, byte[] order, DenialReason reason)
    {
        var failure = await Assert.ThrowsAsync<SignerException>(() =>
            desk.Pipeline.SignTypedDataAsync(Desk.Trader, session.SessionId, "o2", order, default)
        );
        Assert.Equal(reason, failure.Denial!.Reason);
    }

    private static async Task AssertInvalidAsync(Desk desk, string sessionId, string requestId, byte[] body, string field)
    {
        var failure = await Assert.ThrowsAsync<SignerException>(() =>
            desk.Pipeline.SignTransactionAsync(Desk.Trader, sessionId, requestId, body, default)
        );
        Assert.Equal((ErrorCode.InvalidRequest, field), (failure.Code, failure.Field));
    }
}
