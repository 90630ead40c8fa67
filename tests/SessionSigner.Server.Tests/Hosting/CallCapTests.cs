using Grpc.Core;
using Microsoft.AspNetCore.Http;
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

    [Theory]
    [InlineData("/sessionsigner.v1.SessionService/ListSessions")]
    [InlineData("/sessionsigner.v1.sessionservice/listSESSIONS")]
    [InlineData("/sessionsigner.v1.GrantService/VerifyGrant")]
    [InlineData("/sessionsigner.v1.AuditService/ListEntries")]
    public async Task Calls_that_list_or_verify_leave_room_for_those_that_sign(string method)
    {
        var end = new TaskCompletionSource();
        var cap = new CallCap(_ => end.Task, new LimitsSection(16, 16, TimeSpan.FromSeconds(10), 100));
        var calls = Enumerable.Range(0, CallCap.MaxLongCalls).Select(_ => Call(method)).ToArray();
        var running = calls.Select(cap.InvokeAsync).ToArray();
        var (oneMore, signing) = (Call(method), Call("/sessionsigner.v1.SigningService/SignTransaction"));

        await cap.InvokeAsync(oneMore).WaitAsync(TimeSpan.FromSeconds(10));
        var signed = cap.InvokeAsync(signing);

        Assert.Equal("8", oneMore.Response.Headers["grpc-status"]);
        Assert.False(signed.IsCompleted);
        Assert.All(calls, call => Assert.False(call.Response.Headers.ContainsKey("grpc-status")));
        end.SetResult();
        await Task.WhenAll(running);
        var later = Call(method);
        await cap.InvokeAsync(later);
        Assert.False(later.Response.Headers.ContainsKey("grpc-status"));
    }

    [Fact]
    public void Every_call_that_is_capped_exists() => Assert.Empty(CallCap.LongCalls.Except(MethodRoles.Methods));

    private static DefaultHttpContext Call(string method)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = method;
        return context;
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
