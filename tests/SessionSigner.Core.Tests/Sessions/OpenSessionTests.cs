using System.Text;
using SessionSigner.Audit;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

public sealed class OpenSessionTests
{
    [Fact]
    public async Task An_opened_session_has_a_grant_that_verifies_and_is_journaled_first()
    {
        await using var desk = new Desk();
        var opened = await desk.Registry.OpenAsync(Desk.Trader, Desk.Command(lifetime: 60), default);
        Assert.Equal(SessionState.Open, opened.Session.State);
        Assert.Equal(desk.Time.NowSeconds, opened.Session.NotBefore);
        Assert.Equal(desk.Time.NowSeconds + 60, opened.Session.NotAfter);
        Assert.Equal(Desk.Account, opened.Session.Account);
        var verified = GrantVerifier.Verify(opened.GrantJson, "exchange", desk.Time.NowSeconds, desk.Authority.PrimaryKeys[0].PublicKey);
        Assert.True(verified.IsValid, string.Join(' ', verified.Faults));
        Assert.Equal(opened.Session.PublicKey.ToArray(), verified.Grant!.Signed.Grant.SessionKey.Compressed.ToArray());
        Assert.Equal(desk.Policy.Digest, verified.Grant.Signed.Grant.PolicyDigest);
        Assert.Equal(Keccak256.Hash(Encoding.UTF8.GetBytes(opened.Session.ScopeJson)), verified.Grant.Signed.Grant.ScopeHash);
        var entry = desk.Journal.Single(EntryKind.SessionOpened);
        Assert.Equal(opened.GrantJson.ToArray(), entry.Grant.ToArray());
        Assert.Equal("open-1", entry.RequestId);
        Assert.Equal(0, opened.AuditIndex);
        Assert.Equal(1, desk.Vault.InUse);
    }

    [Fact]
    public async Task Nothing_is_registered_before_the_opening_is_durable()
    {
        await using var desk = new Desk();
        desk.Journal.Mode = _ => JournalMode.Hold;
        var opening = desk.Registry.OpenAsync(Desk.Trader, Desk.Command(), default);
        Assert.False(opening.IsCompleted);
        Assert.Empty(desk.Registry.ListSessions(Desk.Trader, false, true, 0, "").Sessions);
        desk.Journal.Release();
        Assert.Equal(SessionState.Open, (await opening).Session.State);
    }

    [Theory]
    [InlineData("request_id", "", "")]
    [InlineData("request_id", "", "a b")]
    [InlineData("request_id", "", "0123456789012345678901234567890123456789012345678901234567890123x")]
    [InlineData("request_id", "", "é")]
    [InlineData("request_id", "", "a\n")]
    [InlineData("policy", "", "r")]
    [InlineData("policy", "pay\u001b[31m", "r")]
    public async Task A_malformed_request_names_its_field(string field, string policy, string requestId)
    {
        await using var desk = new Desk();
        var command = Desk.Command(requestId) with { Policy = field == "policy" ? policy : "pay" };
        await AssertInvalidAsync(desk, command, field);
    }

    [Fact]
    public async Task Every_other_malformed_field_is_named()
    {
        await using var desk = new Desk();
        var good = Desk.Command();
        await AssertInvalidAsync(desk, good with { PrimaryKey = new string('k', 129) }, "primary_key");
        await AssertInvalidAsync(desk, good with { Account = "0x" + new string('a', 40) }, "account");
        await AssertInvalidAsync(desk, good with { Account = Desk.AddressOf(0xab).ToString().ToLowerInvariant() }, "account");
        await AssertInvalidAsync(desk, good with { Account = "vitalik.eth" }, "account");
        await AssertInvalidAsync(desk, good with { Audience = "a\u2028b" }, "audience");
        await AssertInvalidAsync(desk, good with { LifetimeSeconds = -1 }, "lifetime_seconds");
        await AssertInvalidAsync(desk, good with { LifetimeSeconds = long.MaxValue }, "lifetime_seconds");
        await AssertInvalidAsync(desk, good with { NarrowingJson = new byte[65_537] }, "narrowing_json");
        await AssertInvalidAsync(desk, good with { NarrowingJson = "{}"u8.ToArray() }, "narrowing_json");
        await AssertInvalidAsync(desk, good with { NarrowingJson = "{\"version\":1"u8.ToArray() }, "narrowing_json");
        await AssertInvalidAsync(desk, good with { NarrowingJson = new byte[] { 0xff, 0xfe } }, "narrowing_json");
        await AssertInvalidAsync(
            desk,
            good with
            {
                NarrowingJson = Encoding.UTF8.GetBytes(Desk.Scope(more: ",\"extra\":1")),
            },
            "narrowing_json"
        );
        await AssertInvalidAsync(
            desk,
            good with
            {
                NarrowingJson = Encoding.UTF8.GetBytes(
                    Desk.Scope().Replace("\"amount\",\"op\"", "\"missing\",\"op\"", StringComparison.Ordinal)
                ),
            },
            "narrowing_json"
        );
        Assert.Equal(SessionState.Open, (await desk.OpenAsync()).State);
    }

    [Fact]
    public async Task A_policy_that_does_not_name_the_caller_is_answered_as_if_there_were_none()
    {
        await using var desk = new Desk();
        var unknown = await FailAsync(desk, Desk.Command() with { Policy = "none" });
        var unnamed = await FailAsync(desk, Desk.Command(), Desk.Other);

        Assert.Equal((ErrorCode.NotFound, "policy", null), (unknown.Code, unknown.Field, unknown.Denial));
        Assert.Equal((unknown.Code, unknown.Field, unknown.Message), (unnamed.Code, unnamed.Field, unnamed.Message));
        Assert.Equal((unknown.Denial, unknown.AuditIndex + 1), (unnamed.Denial, unnamed.AuditIndex));
        // The auditors see which it was.
        var entries = desk.Journal.Entries;
        Assert.All(entries, entry => Assert.Equal(EntryKind.OpenRefused, entry.Kind));
        Assert.Equal(("none", "policy.state", "unknown"), (entries[0].Policy, entries[0].Rule, entries[0].Observed));
        Assert.Equal(("pay", "policy.principals", Desk.Other.Identity), (entries[1].Policy, entries[1].Rule, entries[1].Observed));
    }

    [Fact]
    public async Task What_the_policy_does_not_allow_is_refused_under_its_rule_and_journaled()
    {
        await using var desk = new Desk();
        var future = (desk.Time.NowSeconds + 4_000).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await AssertRefusedAsync(desk, Desk.Command() with { PrimaryKey = "other" }, "policy.primary_keys");
        await AssertRefusedAsync(desk, Desk.Command() with { Account = Desk.Token.ToString() }, "policy.accounts");
        await AssertRefusedAsync(desk, Desk.Command() with { Audience = "elsewhere" }, "policy.audiences");
        await AssertRefusedAsync(desk, Desk.Command(lifetime: 3_601), "policy.max_lifetime_seconds");
        await AssertRefusedAsync(desk, Desk.Command(narrowing: Desk.Scope(more: ",\"not_before\":" + future)), "narrowing.not_after");
        await AssertRefusedAsync(desk, Desk.Command(narrowing: Desk.Scope(more: ",\"not_after\":1")), "narrowing.not_after");
        await AssertRefusedAsync(
            desk,
            Desk.Command(narrowing: Desk.Scope().Replace("\"1\"", "\"5\"", StringComparison.Ordinal)),
            "ceiling.chains"
        );
        await AssertRefusedAsync(
            desk,
            Desk.Command(narrowing: Desk.Scope(more: $",\"accounts\":[\"{Desk.Token}\"]")),
            "narrowing.accounts"
        );
        Assert.Equal(0, desk.Authority.Calls);
    }

    [Fact]
    public async Task The_window_is_the_intersection()
    {
        await using var desk = new Desk();
        var start = desk.Time.NowSeconds + 100;
        var session = await desk.OpenAsync(narrowing: Desk.Scope(more: $",\"not_before\":{start},\"not_after\":{start + 50}"));
        Assert.Equal((start, start + 50), (session.NotBefore, session.NotAfter));
    }

    [Fact]
    public async Task Sessions_are_limited_per_principal_and_policy_and_overall()
    {
        await using var desk = new Desk(maxOpen: 2, options: new SessionOptions { MaxOpenSessions = 3 });
        var first = await desk.OpenAsync("a");
        await desk.OpenAsync("b");
        await AssertRefusedAsync(desk, Desk.Command("c"), "policy.max_open_sessions_per_principal", inUse: 2);
        await desk.OpenAsync("a", caller: Desk.Operator);
        Assert.Equal(ErrorCode.Overloaded, (await FailAsync(desk, Desk.Command("b"), Desk.Operator)).Code);
        Assert.Equal(3, desk.Vault.InUse);
        await desk.Registry.CloseAsync(Desk.Trader, first.SessionId, default);
        await desk.OpenAsync("c");
    }

    [Fact]
    public async Task The_same_request_opens_one_session_even_after_it_ended()
    {
        await using var desk = new Desk();
        var first = await desk.Registry.OpenAsync(Desk.Trader, Desk.Command(), default);
        var again = await desk.Registry.OpenAsync(Desk.Trader, Desk.Command(), default);
        Assert.Equal(first.Session.SessionId, again.Session.SessionId);
        Assert.Equal(first.GrantJson.ToArray(), again.GrantJson.ToArray());
        Assert.Equal(first.AuditIndex, again.AuditIndex);
        Assert.Equal(1, desk.Authority.Calls);
        await desk.Registry.CloseAsync(Desk.Trader, first.Session.SessionId, default);
        Assert.Equal(SessionState.Ended, (await desk.OpenAsync()).State);
        var reused = await FailAsync(desk, Desk.Command(lifetime: 5));
        Assert.Equal(ErrorCode.RequestIdReused, reused.Code);
        // The identifier is the principal's own.
        Assert.NotEqual(first.Session.SessionId, (await desk.OpenAsync(caller: Desk.Operator)).SessionId);
    }

    [Fact]
    public async Task Who_repeats_an_opening_under_way_waits_for_it()
    {
        await using var desk = new Desk();
        var token = new TaskCompletionSource();
        desk.Authority.BeforeSigning = _ => token.Task;
        var opens = Enumerable.Range(0, 8).Select(_ => desk.Registry.OpenAsync(Desk.Trader, Desk.Command(), default)).ToList();
        Assert.Equal(ErrorCode.RequestIdReused, (await FailAsync(desk, Desk.Command(lifetime: 9))).Code);
        token.SetResult();
        Assert.Single((await Task.WhenAll(opens)).Select(opened => opened.Session.SessionId).Distinct());
        Assert.Equal(1, desk.Vault.InUse);
    }

    [Fact]
    public async Task A_token_that_fails_leaves_nothing_behind()
    {
        await using var desk = new Desk();
        desk.Authority.BeforeSigning = _ => throw new SignerException(ErrorCode.TokenUnavailable, "gone");
        Assert.Equal(ErrorCode.TokenUnavailable, (await FailAsync(desk, Desk.Command())).Code);
        desk.Authority.BeforeSigning = _ => Task.CompletedTask;
        await AssertCleanAsync(desk);
    }

    [Fact]
    public async Task A_grant_that_is_not_the_one_asked_for_is_not_used()
    {
        await using var desk = new Desk();
        desk.Authority.Swap = grant => grant with { NotAfter = grant.NotAfter + 1 };
        Assert.Equal(ErrorCode.TokenMisbehaved, (await FailAsync(desk, Desk.Command("a"))).Code);
        desk.Authority.Swap = grant => grant with { SessionKey = desk.Authority.PrimaryKeys[0].PublicKey };
        Assert.Equal(ErrorCode.TokenMisbehaved, (await FailAsync(desk, Desk.Command("b"))).Code);
        desk.Authority.Swap = grant => grant;
        desk.Authority.Spoil = signed => signed with { Signature = new byte[65] };
        Assert.Equal(ErrorCode.TokenMisbehaved, (await FailAsync(desk, Desk.Command("c"))).Code);
        desk.Authority.Spoil = signed =>
            signed with
            {
                Signature = (byte[])[.. signed.Signature.Span[..40], (byte)(signed.Signature.Span[40] ^ 1), .. signed.Signature.Span[41..]],
            };
        Assert.Equal(ErrorCode.TokenMisbehaved, (await FailAsync(desk, Desk.Command("d"))).Code);
        desk.Authority.Spoil = signed => signed;
        await AssertCleanAsync(desk);
    }

    [Theory]
    [InlineData(JournalMode.Overloaded, ErrorCode.Overloaded)]
    [InlineData(JournalMode.FailAtOnce, ErrorCode.JournalFailed)]
    [InlineData(JournalMode.FailCommit, ErrorCode.JournalFailed)]
    internal async Task A_journal_that_fails_leaves_no_key(JournalMode mode, ErrorCode code)
    {
        await using var desk = new Desk();
        desk.Journal.Mode = _ => mode;
        Assert.Equal(code, (await FailAsync(desk, Desk.Command())).Code);
        Assert.Equal(0, desk.Vault.InUse);
        Assert.Empty(desk.Journal.Entries);
        if (mode != JournalMode.Overloaded)
        {
            var calls = desk.Authority.Calls;
            Assert.Equal(ErrorCode.JournalFailed, (await FailAsync(desk, Desk.Command())).Code);
            Assert.Equal(calls, desk.Authority.Calls);
        }
    }

    [Fact]
    public async Task A_full_vault_is_said_so()
    {
        await using var desk = new Desk();
        desk.Vault.Capacity = 0;
        Assert.Equal(ErrorCode.VaultFull, (await FailAsync(desk, Desk.Command())).Code);
    }

    [Fact]
    public async Task Cancelling_before_anything_or_at_the_token_leaves_nothing_behind()
    {
        await using var desk = new Desk();
        using var source = new CancellationTokenSource();
        desk.Authority.BeforeSigning = token => Task.Delay(Timeout.Infinite, token);
        var opening = desk.Registry.OpenAsync(Desk.Trader, Desk.Command(), source.Token);
        Assert.Equal(1, desk.Vault.InUse);
        await source.CancelAsync();
        Assert.Equal(ErrorCode.Cancelled, (await Assert.ThrowsAsync<SignerException>(() => opening)).Code);
        Assert.Equal(
            ErrorCode.Cancelled,
            (await Assert.ThrowsAsync<SignerException>(() => desk.Registry.OpenAsync(Desk.Trader, Desk.Command(), source.Token))).Code
        );
        desk.Authority.BeforeSigning = _ => Task.CompletedTask;
        await AssertCleanAsync(desk);
    }

    [Fact]
    public async Task Cancelling_once_the_opening_is_queued_is_too_late()
    {
        await using var desk = new Desk();
        using var source = new CancellationTokenSource();
        desk.Journal.Mode = _ => JournalMode.Hold;
        var opening = desk.Registry.OpenAsync(Desk.Trader, Desk.Command(), source.Token);
        await source.CancelAsync();
        desk.Journal.Release();
        var opened = await opening;
        Assert.Equal(opened.Session.SessionId, (await desk.OpenAsync()).SessionId);
    }

    [Fact]
    public async Task Who_waits_for_a_cancelled_opening_opens_instead()
    {
        await using var desk = new Desk();
        using var source = new CancellationTokenSource();
        desk.Authority.BeforeSigning = token => Task.Delay(Timeout.Infinite, token);
        var first = desk.Registry.OpenAsync(Desk.Trader, Desk.Command(), source.Token);
        var second = desk.Registry.OpenAsync(Desk.Trader, Desk.Command(), default);
        desk.Authority.BeforeSigning = _ => Task.CompletedTask;
        await source.CancelAsync();
        await Assert.ThrowsAsync<SignerException>(() => first);
        Assert.Equal(SessionState.Open, (await second).Session.State);
        Assert.Equal(1, desk.Vault.InUse);
    }

    [Fact]
    public async Task Too_many_openings_at_once_are_refused()
    {
        await using var desk = new Desk(options: new SessionOptions { MaxOpensUnderWay = 2 });
        var token = new TaskCompletionSource();
        desk.Authority.BeforeSigning = _ => token.Task;
        var opens = new[] { desk.OpenAsync("a"), desk.OpenAsync("b") };
        Assert.Equal(ErrorCode.Overloaded, (await FailAsync(desk, Desk.Command("c"))).Code);
        token.SetResult();
        await Task.WhenAll(opens);
    }

    [Fact]
    public async Task One_principal_does_not_keep_the_token_from_the_others()
    {
        await using var desk = new Desk(options: new SessionOptions { MaxOpensUnderWayPerPrincipal = 2 });
        var token = new TaskCompletionSource();
        desk.Authority.BeforeSigning = _ => token.Task;
        var opens = new[] { desk.OpenAsync("a"), desk.OpenAsync("b") };
        Assert.Equal(ErrorCode.Overloaded, (await FailAsync(desk, Desk.Command("c"))).Code);
        var other = desk.OpenAsync("c", caller: Desk.Operator);
        token.SetResult();
        await Task.WhenAll([.. opens, other]);
        await desk.OpenAsync("c");
    }

    private static Task<SignerException> FailAsync(Desk desk, OpenSessionCommand command, Principal? caller = null) =>
        Assert.ThrowsAsync<SignerException>(() => desk.Registry.OpenAsync(caller ?? Desk.Trader, command, default));

    private static async Task AssertInvalidAsync(Desk desk, OpenSessionCommand command, string field)
    {
        var failure = await FailAsync(desk, command);
        Assert.Equal((ErrorCode.InvalidRequest, field), (failure.Code, failure.Field));
        Assert.DoesNotContain(failure.Message, char.IsControl);
        Assert.Equal(0, desk.Vault.InUse);
    }

    private static async Task AssertRefusedAsync(
        Desk desk,
        OpenSessionCommand command,
        string rule,
        Principal? caller = null,
        int inUse = 0
    )
    {
        var failure = await FailAsync(desk, command, caller);
        Assert.Equal(ErrorCode.Denied, failure.Code);
        Assert.Equal((DenialReason.PolicyRefused, rule), (failure.Denial!.Reason, failure.Denial.Rule));
        var entry = desk.Journal.Entries[(int)failure.AuditIndex!.Value];
        Assert.Equal((EntryKind.OpenRefused, rule, "PolicyRefused"), (entry.Kind, entry.Rule, entry.Reason));
        Assert.Equal(inUse, desk.Vault.InUse);
    }

    private static async Task AssertCleanAsync(Desk desk)
    {
        Assert.Equal(0, desk.Vault.InUse);
        Assert.Empty(desk.Journal.Entries);
        Assert.Equal(SessionState.Open, (await desk.OpenAsync()).State);
    }
}
