using Grpc.Core;
using SessionSigner.V1;

namespace Conformance;

[Collection(DaemonCollection.Name)]
public class SessionTests(DaemonFixture daemon)
{
    [Fact]
    public async Task A_session_shows_who_may_sign_what_until_when()
    {
        var session = (await daemon.Alice.OpenAsync("desk")).Session;
        Assert.Equal(SessionState.Open, session.State);
        Assert.Equal(Identities.Alice, session.Principal);
        Assert.Equal("desk", session.Policy);
        Assert.Equal("primary-1", session.PrimaryKey);
        Assert.Equal(Policies.Account, session.Account);
        Assert.Equal(3_600, session.NotAfter - session.NotBefore);
        Assert.Matches("^[0-9a-f]{32}$", session.SessionId);
        Assert.Matches("^0x[0-9a-f]{64}$", session.GrantId);
        Assert.Contains("\"ceiling\"", session.ScopeJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_session_has_a_key_of_its_own()
    {
        var first = await daemon.Alice.OpenAsync("desk");
        var second = await daemon.Alice.OpenAsync("desk");
        Assert.NotEqual(first.Session.Address, second.Session.Address);
        Assert.NotEqual(first.Session.GrantId, second.Session.GrantId);
    }

    [Fact]
    public async Task A_closed_session_signs_nothing()
    {
        var id = (await daemon.Alice.OpenAsync("desk")).Session.SessionId;
        var closed = await daemon.Alice.CloseAsync(id);
        Assert.Equal(SessionState.Ended, closed.Session.State);
        Assert.Equal(SessionEndReason.Closed, closed.Session.EndReason);
        await AssertEndedAsync(id);
        await daemon.Alice.CloseAsync(id);
    }

    [Fact]
    public async Task A_revoked_session_signs_nothing()
    {
        var id = (await daemon.Alice.OpenAsync("desk")).Session.SessionId;
        var revoked = await daemon.Operator.RevokeAsync(new RevokeSessionsRequest { SessionId = id, Reason = "test" });
        Assert.Equal([id], revoked.SessionIds);
        var session = await daemon.Alice.GetAsync(id);
        Assert.Equal(SessionEndReason.Revoked, session.EndReason);
        Assert.Equal(Identities.Operator, session.EndedBy);
        await AssertEndedAsync(id);
    }

    [Fact]
    public async Task An_expired_session_signs_nothing()
    {
        var id = (await daemon.Alice.OpenAsync("brief")).Session.SessionId;
        await daemon.Alice.SignAsync(id, new Transfer());
        await Task.Delay(TimeSpan.FromSeconds(3));
        await AssertEndedAsync(id);
        Assert.Equal(SessionEndReason.Expired, (await daemon.Alice.GetAsync(id)).EndReason);
    }

    [Fact]
    public async Task Revoking_by_principal_ends_that_principals_sessions_only()
    {
        var bob = (await daemon.Bob.OpenAsync("desk")).Session.SessionId;
        var alice = (await daemon.Alice.OpenAsync("desk")).Session.SessionId;
        var revoked = await daemon.Operator.RevokeAsync(new RevokeSessionsRequest { Principal = Identities.Bob, Reason = "test" });
        Assert.Contains(bob, revoked.SessionIds);
        Assert.DoesNotContain(alice, revoked.SessionIds);
        Assert.Equal(SessionState.Open, (await daemon.Alice.GetAsync(alice)).State);
    }

    [Fact]
    public async Task Watching_shows_the_end_of_a_session()
    {
        var id = (await daemon.Alice.OpenAsync("desk")).Session.SessionId;
        using var watch = daemon.Alice.Sessions.WatchSession(new WatchSessionRequest { SessionId = id }, Caller.Options());
        Assert.True(await watch.ResponseStream.MoveNext(default));
        Assert.Equal(SessionState.Open, watch.ResponseStream.Current.Session.State);
        await daemon.Alice.CloseAsync(id);
        var last = watch.ResponseStream.Current.Session;
        while (await watch.ResponseStream.MoveNext(default))
        {
            last = watch.ResponseStream.Current.Session;
        }
        Assert.Equal(SessionState.Ended, last.State);
    }

    [Fact]
    public async Task Pages_of_the_list_show_every_session_once()
    {
        var opened = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            opened.Add((await daemon.Bob.OpenAsync("desk")).Session.SessionId);
        }
        var listed = new List<string>();
        var request = new ListSessionsRequest { PageSize = 2, IncludeEnded = true };
        do
        {
            var page = await daemon.Bob.Sessions.ListSessionsAsync(request, Caller.Options());
            Assert.All(page.Sessions, session => Assert.Equal(Identities.Bob, session.Principal));
            listed.AddRange(page.Sessions.Select(session => session.SessionId));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        Assert.Equal(listed.Count, listed.Distinct().Count());
        Assert.Subset(listed.ToHashSet(), opened);
    }

    private async Task AssertEndedAsync(string id)
    {
        var refusal = await Refusal.OfAsync(daemon.Alice.SignAsync(id, new Transfer { Nonce = 9 }));
        Assert.Contains(refusal.Code, new[] { StatusCode.FailedPrecondition, StatusCode.PermissionDenied });
        Assert.Equal("SESSION_ENDED", refusal.ErrorReason.Replace("DENIED", "SESSION_ENDED", StringComparison.Ordinal));
    }
}
