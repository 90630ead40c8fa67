using Grpc.Core;
using SessionSigner.V1;

namespace Conformance;

/// <summary>A role does what it is for and nothing else; a trader has only its own sessions.</summary>
[Collection(DaemonCollection.Name)]
public class RoleTests(DaemonFixture daemon)
{
    [Fact]
    public async Task A_trader_reads_no_audit_log_and_no_custody_and_revokes_nothing()
    {
        await DeniedAsync(daemon.Alice.EntriesAsync());
        await DeniedAsync(daemon.Alice.Audit.GetCheckpointAsync(new(), Caller.Options()).ResponseAsync);
        await DeniedAsync(daemon.Alice.Custody.GetCustodyReportAsync(new(), Caller.Options()).ResponseAsync);
        await DeniedAsync(daemon.Alice.Admin.ListPoliciesAsync(new(), Caller.Options()).ResponseAsync);
        await DeniedAsync(daemon.Alice.RevokeAsync(new RevokeSessionsRequest { All = true, Reason = "test" }));
    }

    [Fact]
    public async Task An_auditor_reads_everything_and_signs_nothing()
    {
        var id = (await daemon.Alice.OpenAsync("desk")).Session.SessionId;
        Assert.Equal(id, (await daemon.Auditor.GetAsync(id)).SessionId);
        Assert.NotEmpty((await daemon.Auditor.Custody.ListPrimaryKeysAsync(new(), Caller.Options())).PrimaryKeys);
        await DeniedAsync(daemon.Auditor.OpenAsync("desk"));
        await DeniedAsync(daemon.Auditor.SignAsync(id, new Transfer()));
        await DeniedAsync(daemon.Auditor.SignAsync(id, new Order()));
        await DeniedAsync(daemon.Auditor.CloseAsync(id));
        await DeniedAsync(daemon.Auditor.RevokeAsync(new RevokeSessionsRequest { SessionId = id, Reason = "test" }));
    }

    [Fact]
    public async Task An_operator_ends_sessions_and_signs_nothing()
    {
        var id = (await daemon.Alice.OpenAsync("desk")).Session.SessionId;
        await DeniedAsync(daemon.Operator.OpenAsync("desk"));
        await DeniedAsync(daemon.Operator.SignAsync(id, new Transfer()));
        await DeniedAsync(daemon.Operator.EntriesAsync());
        Assert.Equal([id], (await daemon.Operator.RevokeAsync(new RevokeSessionsRequest { SessionId = id, Reason = "test" })).SessionIds);
    }

    [Fact]
    public async Task An_approver_neither_signs_nor_proposes_nor_ends()
    {
        var digest = "0x" + new string('1', 64);
        await DeniedAsync(daemon.Approver.OpenAsync("desk"));
        await DeniedAsync(daemon.Approver.EntriesAsync());
        await DeniedAsync(daemon.Approver.RevokeAsync(new RevokeSessionsRequest { All = true, Reason = "test" }));
        await DeniedAsync(daemon.Approver.Admin.ProposePolicyAsync(new(), Caller.Options()).ResponseAsync);
        await DeniedAsync(daemon.Approver.Admin.ActivatePolicyAsync(new() { Digest = digest }, Caller.Options()).ResponseAsync);
        await DeniedAsync(daemon.Approver.Admin.RetirePolicyAsync(new() { Digest = digest, Reason = "x" }, Caller.Options()).ResponseAsync);
        await DeniedAsync(daemon.Operator.Admin.ApprovePolicyAsync(new() { Digest = digest }, Caller.Options()).ResponseAsync);
        foreach (var caller in new[] { daemon.Alice, daemon.Auditor })
        {
            await DeniedAsync(caller.Admin.ProposePolicyAsync(new(), Caller.Options()).ResponseAsync);
            await DeniedAsync(caller.Admin.ApprovePolicyAsync(new() { Digest = digest }, Caller.Options()).ResponseAsync);
            await DeniedAsync(caller.Admin.ActivatePolicyAsync(new() { Digest = digest }, Caller.Options()).ResponseAsync);
            await DeniedAsync(caller.Admin.RetirePolicyAsync(new() { Digest = digest, Reason = "x" }, Caller.Options()).ResponseAsync);
        }
        await DeniedAsync(daemon.Alice.Admin.GetPolicyVersionAsync(new() { Digest = digest }, Caller.Options()).ResponseAsync);
        // Those who may, but this daemon's policies are pinned.
        var refusal = await Refusal.OfAsync(
            daemon.Operator.Admin.RetirePolicyAsync(new() { Digest = digest, Reason = "x" }, Caller.Options()).ResponseAsync
        );
        Assert.Equal((StatusCode.FailedPrecondition, "POLICY_STATE"), (refusal.Code, refusal.ErrorReason));
        Assert.True((await daemon.Approver.Admin.ListPoliciesAsync(new(), Caller.Options())).PinnedByConfiguration);
    }

    [Fact]
    public async Task A_trader_neither_sees_nor_uses_nor_ends_another_traders_session()
    {
        var opened = await daemon.Bob.OpenAsync("desk");
        var id = opened.Session.SessionId;
        var unknown = new string('0', 32);
        await SameAsForUnknownAsync(session => daemon.Alice.GetAsync(session));
        await SameAsForUnknownAsync(session => daemon.Alice.SignAsync(session, new Transfer()));
        await SameAsForUnknownAsync(session => daemon.Alice.SignAsync(session, new Order()));
        await SameAsForUnknownAsync(session => daemon.Alice.CloseAsync(session));
        var listed = await daemon.Alice.Sessions.ListSessionsAsync(
            new ListSessionsRequest { IncludeEnded = true, PageSize = 500 },
            Caller.Options()
        );
        Assert.DoesNotContain(listed.Sessions, session => session.SessionId == id);
        await Refusal.OfAsync(
            daemon.Alice.Grants.GetGrantAsync(new GetGrantRequest { GrantId = opened.Session.GrantId }, Caller.Options()).ResponseAsync
        );
        Assert.Equal(SessionState.Open, (await daemon.Bob.GetAsync(id)).State);

        // The answer must not even tell whether such a session exists.
        async Task SameAsForUnknownAsync(Func<string, Task> call)
        {
            var theirs = await Refusal.OfAsync(call(id));
            var nobodys = await Refusal.OfAsync(call(unknown));
            Assert.Equal(StatusCode.NotFound, theirs.Code);
            Assert.Equal((nobodys.Code, nobodys.ErrorReason, nobodys.Message), (theirs.Code, theirs.ErrorReason, theirs.Message));
        }
    }

    [Fact]
    public async Task An_identity_without_a_role_may_call_nothing()
    {
        using var nobody = daemon.Connect(Identities.Nobody);
        await DeniedAsync(nobody.OpenAsync("desk"));
        await DeniedAsync(nobody.EntriesAsync());
    }

    [Fact]
    public async Task Without_a_certificate_of_the_authority_there_is_no_connection()
    {
        using var anonymous = daemon.ConnectWithoutCertificate();
        var error = await Assert.ThrowsAsync<RpcException>(() => anonymous.OpenAsync("desk"));
        Assert.Contains(error.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });
        using var foreign = daemon.ConnectWithForeignCertificate(Identities.Alice);
        error = await Assert.ThrowsAsync<RpcException>(() => foreign.OpenAsync("desk"));
        Assert.Contains(error.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });
        await daemon.AssertHealthyAsync();
    }

    private static async Task DeniedAsync(Task call)
    {
        var refusal = await Refusal.OfAsync(call);
        Assert.Equal(StatusCode.PermissionDenied, refusal.Code);
        Assert.Equal("ROLE_MISSING", refusal.ErrorReason);
    }
}
