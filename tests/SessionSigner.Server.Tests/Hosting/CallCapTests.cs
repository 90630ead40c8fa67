using Grpc.Core;
using SessionSigner.V1;

namespace SessionSigner.Server.Tests;

public class CallCapTests
{
    [Fact]
    public async Task What_one_identity_has_under_way_leaves_room_for_the_others()
    {
        await using var server = await TestServer.StartAsync();
        var session = await server.Desk.OpenAsync();
        var greedy = new SessionService.SessionServiceClient(server.Connect(TestServer.Trader));
        var sameIdentity = new SessionService.SessionServiceClient(server.Connect(TestServer.Trader));
        var auditor = new SessionService.SessionServiceClient(server.Connect(TestServer.Auditor));
        var watches = new List<AsyncServerStreamingCall<WatchSessionResponse>>();
        for (var i = 0; i < TestServer.MaxCallsPerIdentity; i++)
        {
            var watch = greedy.WatchSession(new WatchSessionRequest { SessionId = session.SessionId });
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
            watches.Add(watch);
        }

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await sameIdentity.ListSessionsAsync(new ListSessionsRequest()));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.NotEmpty((await auditor.ListSessionsAsync(new ListSessionsRequest())).Sessions);
        watches.ForEach(watch => watch.Dispose());
        await Core.Tests.Desk.EventuallyAsync(() => IsTaken(sameIdentity));
    }

    private static bool IsTaken(SessionService.SessionServiceClient client)
    {
        try
        {
            return client.ListSessions(new ListSessionsRequest()).Sessions.Count > 0;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.ResourceExhausted)
        {
            return false;
        }
    }
}
