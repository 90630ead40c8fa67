using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>The next start makes of the log what was there before, and believes nothing that its signatures do not carry.</summary>
public class PolicyHistoryTests
{
    private const string PerPolicy = "\"window\":\"lifetime\",\"per\":\"policy\"";

    [Fact]
    public async Task A_restart_keeps_everything()
    {
        await using var council = await Council.OpenAsync();
        var (retired, _) = await council.EnactAsync(council.Version("one"));
        await council.Store.RetireAsync(Desk.Operator, retired, "done");
        await council.EnactAsync(council.Version("two"));
        var half = await council.ProposeAsync(council.Version("three"));
        await council.ApproveAsync(half, council.Carol);
        var roster = System.Text.Encoding.UTF8.GetBytes(SoftApprover.RosterJson(2, 30, council.Alice, council.Bob));
        await council.ProposeAsync(roster, PolicyDocumentKind.Roster);
        var before = council.Store.List(includeEnded: true);

        await using var next = await council.RestartAsync();

        var after = next.Store.List(includeEnded: true);
        Assert.Equal(before.Select(Text), after.Select(Text));
        Assert.Equal(council.Store.Active.Select(policy => policy.Digest), next.Store.Active.Select(policy => policy.Digest));
        await next.ApproveAsync(half, next.Bob);
        next.Desk.Time.Advance(TimeSpan.FromSeconds(Council.TimeLockSeconds));
        Assert.Equal(PolicyState.Active, (await next.Store.ActivateAsync(Desk.Operator, half)).Version.State);

        static string Text(PolicyVersion version) =>
            $"{version with { Approvals = [], Missing = [] }} {string.Join(',', version.Approvals)} {string.Join(',', version.Missing)}";
    }

    [Fact]
    public async Task The_roster_that_the_log_reached_judges_after_a_restart()
    {
        await using var council = await Council.OpenAsync();
        var roster = System.Text.Encoding.UTF8.GetBytes(SoftApprover.RosterJson(1, 0, council.Carol));
        var (digest, _) = await council.EnactAsync(roster, PolicyDocumentKind.Roster);

        await using var next = await council.RestartAsync();

        Assert.Equal(digest, next.Store.Roster!.Digest);
        var policy = await next.ProposeAsync(next.Version("one"));
        await Council.RefusedAsync(() => next.ApproveAsync(policy, next.Alice), ErrorCode.InvalidRequest);
        Assert.Equal(PolicyState.Approved, (await next.ApproveAsync(policy, next.Carol)).Version.State);
    }

    [Fact]
    public async Task Another_first_roster_and_pinned_policies_are_refused()
    {
        await using var council = await Council.OpenAsync();
        var other = SoftApprover.Roster(1, 0, council.Carol);

        var failure = await Assert.ThrowsAsync<PolicyHistoryException>(() => council.OpenStoreAsync(other));
        Assert.Contains(council.FirstRoster.Digest.ToString(), failure.Message, StringComparison.Ordinal);
        Assert.Contains(other.Digest.ToString(), failure.Message, StringComparison.Ordinal);
        Assert.Throws<PolicyHistoryException>(() => PolicyStore.OpenPinned(council.Desk.Journal, council.Desk.Policies));
    }

    [Fact]
    public async Task An_approval_in_the_log_that_does_not_verify_is_refused()
    {
        await using var council = await Council.OpenAsync();
        var digest = await council.ProposeAsync(council.Version("one"));
        var roster = council.FirstRoster.Digest.ToArray();
        var entry = new Entry
        {
            Kind = EntryKind.PolicyApproved,
            TimeMs = council.Desk.Time.NowSeconds * 1_000,
            Policy = "pay",
            PolicyDigest = digest.ToArray(),
            DocumentKind = "policy",
            RosterDigest = roster,
            ApproverKey = council.Alice.Fingerprint,
            Approval = System.Text.Encoding.ASCII.GetBytes(council.Alice.Sign("another text")),
        };
        await council.Desk.Journal.Append(new JournalWrite(entry));

        var failure = await Assert.ThrowsAsync<PolicyHistoryException>(() => council.RestartAsync());
        Assert.Contains("Entry 2 of the log", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_activation_in_the_log_without_quorum_or_before_its_time_is_refused()
    {
        foreach (var approvals in (int[])[1, 2])
        {
            await using var council = await Council.OpenAsync();
            var digest = await council.ProposeAsync(council.Version("one"));
            await council.ApproveAsync(digest, council.Alice);
            if (approvals == 2)
            {
                await council.ApproveAsync(digest, council.Bob);
            }
            var entry = new Entry
            {
                Kind = EntryKind.PolicyActivated,
                TimeMs = council.Desk.Time.NowSeconds * 1_000,
                Policy = "pay",
                PolicyDigest = digest.ToArray(),
                DocumentKind = "policy",
                RosterDigest = council.FirstRoster.Digest.ToArray(),
            };
            await council.Desk.Journal.Append(new JournalWrite(entry));
            await Assert.ThrowsAsync<PolicyHistoryException>(() => council.RestartAsync());
        }
    }

    [Theory]
    [InlineData("\"per\":\"policy\",\"unit\":\"USDC base units\",\"window\":\"calendar_day\"")]
    [InlineData(
        "\"granularity_seconds\":60,\"per\":\"policy\",\"unit\":\"USDC base units\",\"window\":\"rolling\",\"window_seconds\":3600"
    )]
    public async Task A_version_with_another_window_goes_on_with_what_was_spent(string window)
    {
        await using var council = await Council.OpenAsync(PerPolicy);
        await council.EnactAsync(council.Version("one"));
        var old = await council.Desk.OpenAsync("open-1");
        await council.Desk.SignAsync(old.SessionId, 100);
        await council.Desk.SignAsync(old.SessionId, 60);

        await council.EnactAsync(council.Version("two", window));

        var session = await council.Desk.OpenAsync("open-2");
        Assert.Equal("840", council.Desk.Remaining(session.SessionId));
        await council.Desk.SignAsync(session.SessionId, 40);
        Assert.Equal("800", council.Desk.Remaining(session.SessionId));
    }

    /// <summary>Whatever order things are asked for in, no version comes into force without two signatures of its statement and the time lock.</summary>
    [Property(MaxTest = 60)]
    public Property No_order_of_events_puts_an_unapproved_version_in_force() =>
        Prop.ForAll(
            Arb.From(Gen.ArrayOf(Gen.Choose(0, 8).SelectMany(_ => Gen.Choose(0, 8), (a, b) => (Event: a, Version: b % 3)), 40)),
            events => RunAsync(events).GetAwaiter().GetResult()
        );

    private static async Task RunAsync((int Event, int Version)[] events)
    {
        await using var council = await Council.OpenAsync();
        var digests = new Hash32[3];
        // What counts now: who approved since the last change of what is in force, and when the second did.
        var approved = new Dictionary<Hash32, (HashSet<string> Who, long At)>();
        Hash32? active = null;
        foreach (var (happening, number) in events)
        {
            var digest = digests[number];
            try
            {
                switch (happening)
                {
                    case 0 or 1:
                        digests[number] = await council.ProposeAsync(council.Version($"{number}"));
                        approved.TryAdd(digests[number], ([], 0));
                        break;
                    case 2:
                        await ApproveAsync(digest, council.Alice);
                        break;
                    case 3 or 4:
                        await ApproveAsync(digest, happening == 3 ? council.Bob : council.Carol);
                        break;
                    case 5:
                        council.Desk.Time.Advance(TimeSpan.FromSeconds(30));
                        break;
                    case 6 or 7:
                        await council.Store.ActivateAsync(Desk.Operator, digest);
                        if (active != digest)
                        {
                            var (who, at) = approved[digest];
                            Assert.True(who.Count >= 2);
                            Assert.True(council.Desk.Time.NowSeconds >= at + Council.TimeLockSeconds);
                            active = digest;
                            approved = approved.ToDictionary(item => item.Key, _ => (new HashSet<string>(), 0L));
                        }
                        break;
                    default:
                        await council.Store.RetireAsync(Desk.Operator, digest, "x");
                        if (active == digest)
                        {
                            active = null;
                            approved = approved.ToDictionary(item => item.Key, _ => (new HashSet<string>(), 0L));
                        }
                        break;
                }
            }
            catch (SignerException)
            {
                // Refused; what is in force must not have changed.
            }
            Assert.Equal(active, council.Store.Active.Select(policy => (Hash32?)policy.Digest).SingleOrDefault());
        }

        async Task ApproveAsync(Hash32 digest, SoftApprover approver)
        {
            await council.ApproveAsync(digest, approver);
            var (who, at) = approved[digest];
            if (who.Add(approver.Name) && who.Count == 2)
            {
                approved[digest] = (who, council.Desk.Time.NowSeconds);
            }
            else
            {
                approved[digest] = (who, at);
            }
        }
    }
}
