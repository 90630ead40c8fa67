using System.Text;
using SessionSigner.Audit;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

public class PolicyStoreTests
{
    [Fact]
    public async Task A_quorum_and_the_time_lock_put_a_version_in_force()
    {
        await using var council = await Council.OpenAsync();
        var digest = await council.ProposeAsync(council.Version("one"));
        await RefusedOpeningAsync(council, "proposed");

        var one = await council.ApproveAsync(digest, council.Alice);
        Assert.Equal((PolicyState.Proposed, 0L), (one.Version.State, one.Version.EffectiveAtMs));
        Assert.Equal(["bob", "carol"], one.Version.Missing);
        await Council.RefusedAsync(() => council.Store.ActivateAsync(Desk.Operator, digest), ErrorCode.PolicyState);
        var two = await council.ApproveAsync(digest, council.Carol);
        Assert.Equal(PolicyState.Approved, two.Version.State);
        Assert.Equal((council.Desk.Time.NowSeconds + Council.TimeLockSeconds) * 1_000, two.Version.EffectiveAtMs);
        await RefusedOpeningAsync(council, "approved");
        council.Desk.Time.Advance(TimeSpan.FromSeconds(Council.TimeLockSeconds - 1));
        var early = await Council.RefusedAsync(() => council.Store.ActivateAsync(Desk.Operator, digest), ErrorCode.PolicyState);
        Assert.Contains("may be activated from 2027-01-15T08:01:00Z on", early.Message, StringComparison.Ordinal);
        council.Desk.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(PolicyState.Active, (await council.Store.ActivateAsync(Desk.Operator, digest)).Version.State);
        Assert.Equal(digest, (await council.Desk.OpenAsync()).PolicyDigest);
        Assert.Equal(digest, Assert.Single(council.Store.Active).Digest);
        Assert.Equal(
            [EntryKind.PolicyActivated, EntryKind.PolicyProposed, EntryKind.OpenRefused, EntryKind.PolicyApproved],
            council.Desk.Journal.Kinds.Take(4)
        );
        var approved = council.Desk.Journal.Entries.First(entry => entry.Kind == EntryKind.PolicyApproved);
        Assert.Equal((council.Alice.Fingerprint, "policy"), (approved.ApproverKey, approved.DocumentKind));
    }

    [Fact]
    public async Task An_approver_counts_once()
    {
        await using var council = await Council.OpenAsync();
        var digest = await council.ProposeAsync(council.Version("one"));
        var first = await council.ApproveAsync(digest, council.Alice);

        var again = await council.ApproveAsync(digest, council.Alice);

        Assert.Equal(first.AuditIndex, again.AuditIndex);
        Assert.Equal(PolicyState.Proposed, again.Version.State);
        Assert.Single(again.Version.Approvals);
        Assert.Single(council.Desk.Journal.Kinds, kind => kind == EntryKind.PolicyApproved);
    }

    [Fact]
    public async Task Signatures_of_anything_else_do_not_count()
    {
        await using var council = await Council.OpenAsync();
        var digest = await council.ProposeAsync(council.Version("one"));
        var other = await council.ProposeAsync(council.Version("two"));
        var statement = council.Store.Get(digest).Statement;
        using var stranger = new SoftApprover("alice");
        string[] signatures =
        [
            council.Alice.Sign(council.Store.Get(other).Statement),
            council.Alice.Sign(statement, "file"),
            council.Alice.Sign(statement + "\n"),
            council.Alice.Sign(statement.Replace("test/log", "prod/log", StringComparison.Ordinal)),
            stranger.Sign(statement),
            "",
            "garbage",
            council.Alice.Sign(statement)[..^10],
            new string('A', 5_000),
        ];
        foreach (var signature in signatures)
        {
            var failure = await Council.RefusedAsync(
                () => council.Store.ApproveAsync(Council.Officer, digest, signature),
                ErrorCode.InvalidRequest
            );
            Assert.Equal("signature", failure.Field);
        }
        Assert.Empty(council.Store.Get(digest).Version.Approvals);
        Assert.DoesNotContain(EntryKind.PolicyApproved, council.Desk.Journal.Kinds);
    }

    [Fact]
    public async Task A_faulty_document_is_refused_with_every_fault_and_leaves_nothing()
    {
        await using var council = await Council.OpenAsync();
        var text = Encoding.UTF8.GetString(council.Version("one"));
        var broken = text.Replace("\"version\":1", "\"version\":2,\"extra\":1", StringComparison.Ordinal);

        var failure = await Council.RefusedAsync(() => council.ProposeAsync(Encoding.UTF8.GetBytes(broken)), ErrorCode.InvalidRequest);

        Assert.Equal("document_json", failure.Field);
        Assert.Contains("extra: Unknown member.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("version: Must be", failure.Message, StringComparison.Ordinal);
        foreach (
            var document in (byte[][])
                [
                    [],
                    new byte[StrictJson.SizeMax + 1],
                    "{"u8.ToArray(),
                ]
        )
        {
            await Council.RefusedAsync(() => council.ProposeAsync(document), ErrorCode.InvalidRequest);
            await Council.RefusedAsync(() => council.ProposeAsync(document, PolicyDocumentKind.Roster), ErrorCode.InvalidRequest);
        }
        await Council.RefusedAsync(
            () => council.ProposeAsync(council.Version("one"), PolicyDocumentKind.Unspecified),
            ErrorCode.InvalidRequest
        );
        await Council.RefusedAsync(() => council.ProposeAsync(council.Version("one"), PolicyDocumentKind.Roster), ErrorCode.InvalidRequest);
        Assert.Equal([EntryKind.PolicyActivated], council.Desk.Journal.Kinds);
    }

    [Fact]
    public async Task Retiring_ends_the_sessions_and_lets_none_open()
    {
        await using var council = await Council.OpenAsync();
        var (digest, _) = await council.EnactAsync(council.Version("one"));
        var session = await council.Desk.OpenAsync();
        await council.Desk.SignAsync(session.SessionId);

        var retired = await council.Store.RetireAsync(Desk.Operator, digest, "incident 42");

        Assert.Equal([session.SessionId], retired.EndedSessions);
        Assert.Equal((PolicyState.Retired, "incident 42"), (retired.Version.State, retired.Version.EndReason));
        Assert.Equal(ErrorCode.SessionEnded, (await council.Desk.RefuseAsync(session.SessionId)).Code);
        await RefusedOpeningAsync(council, "retired");
        // For good: neither does it come back, nor is anything counted for it.
        await Council.RefusedAsync(() => council.ProposeAsync(council.Version("one")), ErrorCode.PolicyState);
        await Council.RefusedAsync(() => council.Store.ActivateAsync(Desk.Operator, digest), ErrorCode.PolicyState);
        await Council.RefusedAsync(
            () => council.Store.ApproveAsync(Council.Officer, digest, council.Carol.Sign("x")),
            ErrorCode.PolicyState
        );
        Assert.Empty((await council.Store.RetireAsync(Desk.Operator, digest, "again")).EndedSessions);
        Assert.Equal(0, council.Desk.Vault.State.InUse);
    }

    [Fact]
    public async Task An_opening_under_way_does_not_slip_past_a_retirement()
    {
        await using var council = await Council.OpenAsync();
        var (digest, _) = await council.EnactAsync(council.Version("one"));
        Task retirement = Task.CompletedTask;
        council.Desk.Vault.BeforeGenerating = () => retirement = council.Store.RetireAsync(Desk.Operator, digest, "incident");

        var failure = await Council.RefusedAsync(() => council.Desk.OpenAsync(), ErrorCode.Denied);

        await retirement;
        Assert.Equal(DenialReason.PolicyNotActive, failure.Denial!.Reason);
        Assert.Equal(0, council.Desk.Vault.InUse);
        Assert.DoesNotContain(EntryKind.SessionOpened, council.Desk.Journal.Kinds);
    }

    [Fact]
    public async Task Another_version_supersedes_and_ends_the_sessions_of_the_one_before()
    {
        await using var council = await Council.OpenAsync();
        var (one, _) = await council.EnactAsync(council.Version("one"));
        var old = await council.Desk.OpenAsync("open-1");

        var (two, change) = await council.EnactAsync(council.Version("two"));

        Assert.Equal([old.SessionId], change.EndedSessions);
        Assert.Equal((PolicyState.Superseded, PolicyState.Active), (council.StateOf(one), council.StateOf(two)));
        Assert.Equal(two, (await council.Desk.OpenAsync("open-2")).PolicyDigest);
        Desk.AssertNothingSignedAfterEnd(council.Desk.Journal.Entries);
    }

    [Fact]
    public async Task Approvals_do_not_count_once_another_version_is_in_force()
    {
        await using var council = await Council.OpenAsync();
        var waiting = await council.ProposeAsync(council.Version("waiting"));
        var signature = council.Alice.Sign(council.Store.Get(waiting).Statement);
        await council.Store.ApproveAsync(Council.Officer, waiting, signature);
        await council.ApproveAsync(waiting, council.Bob);

        await council.EnactAsync(council.Version("one"));

        Assert.Equal(PolicyState.Proposed, council.StateOf(waiting));
        Assert.Empty(council.Store.Get(waiting).Version.Approvals);
        await Council.RefusedAsync(() => council.Store.ApproveAsync(Council.Officer, waiting, signature), ErrorCode.InvalidRequest);
    }

    [Fact]
    public async Task A_roster_needs_the_quorum_before_and_what_that_approved_no_longer_counts()
    {
        await using var council = await Council.OpenAsync();
        var (kept, _) = await council.EnactAsync(council.Version("one"));
        var waiting = await council.ProposeAsync(council.Version("two"));
        await council.ApproveAsync(waiting, council.Alice);
        var roster = Encoding.UTF8.GetBytes(SoftApprover.RosterJson(1, 0, council.Carol, council.Alice));
        var digest = await council.ProposeAsync(roster, PolicyDocumentKind.Roster);
        await council.ApproveAsync(digest, council.Carol);
        await Council.RefusedAsync(() => council.Store.ActivateAsync(Desk.Operator, digest), ErrorCode.PolicyState);
        await council.ApproveAsync(digest, council.Bob);
        council.Desk.Time.Advance(TimeSpan.FromSeconds(Council.TimeLockSeconds));

        await council.Store.ActivateAsync(Desk.Operator, digest);

        // Its threshold is 1, and one had approved: not under this roster.
        Assert.Equal((PolicyState.Proposed, PolicyState.Active), (council.StateOf(waiting), council.StateOf(kept)));
        await Council.RefusedAsync(() => council.Store.ActivateAsync(Desk.Operator, waiting), ErrorCode.PolicyState);
        await Council.RefusedAsync(() => council.ApproveAsync(waiting, council.Bob), ErrorCode.InvalidRequest);
        Assert.Equal(PolicyState.Approved, (await council.ApproveAsync(waiting, council.Alice)).Version.State);
        await Council.RefusedAsync(() => council.Store.RetireAsync(Desk.Operator, digest, "x"), ErrorCode.PolicyState);
        // The roster before is over and does not come back.
        await Council.RefusedAsync(
            () => council.ProposeAsync(Encoding.UTF8.GetBytes(council.FirstRoster.CanonicalJson), PolicyDocumentKind.Roster),
            ErrorCode.PolicyState
        );
    }

    [Fact]
    public async Task A_proposal_that_nobody_decides_on_gets_too_old()
    {
        await using var council = await Council.OpenAsync();
        var digest = await council.ProposeAsync(council.Version("one"));
        await council.ApproveAsync(digest, council.Alice);
        await council.ApproveAsync(digest, council.Bob);
        var other = await council.ProposeAsync(council.Version("two"));
        council.Desk.Time.Advance(TimeSpan.FromDays(30));

        var late = await Council.RefusedAsync(() => council.Store.ActivateAsync(Desk.Operator, digest), ErrorCode.PolicyState);
        Assert.Contains("too old", late.Message, StringComparison.Ordinal);
        await Council.RefusedAsync(() => council.ApproveAsync(other, council.Alice), ErrorCode.PolicyState);
    }

    [Fact]
    public async Task Pending_versions_are_bounded_and_retiring_makes_room()
    {
        await using var council = await Council.OpenAsync();
        var first = await council.ProposeAsync(council.Version("0"));
        for (var i = 1; i < PolicyLedger.PendingMax; i++)
        {
            await council.ProposeAsync(council.Version($"{i}"));
        }
        await Council.RefusedAsync(() => council.ProposeAsync(council.Version("more")), ErrorCode.Overloaded);
        await council.Store.RetireAsync(Desk.Operator, first, "not wanted");
        await council.ProposeAsync(council.Version("more"));
    }

    [Fact]
    public async Task A_change_that_is_not_durable_is_not_made()
    {
        await using var council = await Council.OpenAsync();
        var digest = await council.ProposeAsync(council.Version("one"));
        await council.ApproveAsync(digest, council.Alice);
        await council.ApproveAsync(digest, council.Bob);
        council.Desk.Time.Advance(TimeSpan.FromSeconds(Council.TimeLockSeconds));
        council.Desk.Journal.Mode = _ => JournalMode.FailCommit;

        await Council.RefusedAsync(() => council.Store.ActivateAsync(Desk.Operator, digest), ErrorCode.JournalFailed);

        Assert.Empty(council.Store.Active);
    }

    [Fact]
    public async Task A_retirement_that_is_not_durable_has_taken_the_rights_all_the_same()
    {
        await using var council = await Council.OpenAsync();
        var (digest, _) = await council.EnactAsync(council.Version("one"));
        await council.Desk.OpenAsync();
        council.Desk.Journal.Mode = _ => JournalMode.FailCommit;

        await Council.RefusedAsync(() => council.Store.RetireAsync(Desk.Operator, digest, "incident"), ErrorCode.JournalFailed);

        Assert.Empty(council.Store.Active);
        Assert.Equal(0, council.Desk.Vault.State.InUse);
    }

    [Fact]
    public async Task Pinned_policies_are_not_decided_on()
    {
        await using var desk = new Desk();
        var store = PolicyStore.OpenPinned(desk.Journal, desk.Policies);

        Assert.False(store.IsByApproval);
        Assert.Equal("pay", Assert.Single(store.Active).Name);
        Assert.Empty(store.List(includeEnded: true));
        await Council.RefusedAsync(
            () => store.ProposeAsync(Desk.Operator, PolicyDocumentKind.Policy, Encoding.UTF8.GetBytes(desk.Policy.CanonicalJson)),
            ErrorCode.PolicyState
        );
        await Council.RefusedAsync(() => store.RetireAsync(Desk.Operator, desk.Policy.Digest, "x"), ErrorCode.PolicyState);
    }

    [Fact]
    public async Task Only_whom_a_policy_names_learns_its_state_also_after_a_restart()
    {
        await using var council = await Council.OpenAsync();
        var digest = await council.ProposeAsync(council.Version("one"));
        await RefusedOpeningAsync(council, "proposed");
        await HiddenAsync(council);
        await council.Store.RetireAsync(Desk.Operator, digest, "incident");
        await RefusedOpeningAsync(council, "retired");
        await HiddenAsync(council);

        await using var restarted = await council.RestartAsync();

        await RefusedOpeningAsync(restarted, "retired");
        await HiddenAsync(restarted);
    }

    private static async Task HiddenAsync(Council council)
    {
        var failure = await Council.RefusedAsync(
            () => council.Desk.OpenAsync(Desk.NextRequestId(), caller: Desk.Other),
            ErrorCode.NotFound
        );
        Assert.Null(failure.Denial);
        var entry = council.Desk.Journal.Entries[(int)failure.AuditIndex!.Value];
        Assert.Equal((EntryKind.OpenRefused, "policy.state"), (entry.Kind, entry.Rule));
    }

    private static async Task RefusedOpeningAsync(Council council, string state)
    {
        var failure = await Council.RefusedAsync(() => council.Desk.OpenAsync(Desk.NextRequestId()), ErrorCode.Denied);
        Assert.Equal(new Denial(DenialReason.PolicyNotActive, "policy.state", state, "active"), failure.Denial! with { Headroom = "" });
    }
}
