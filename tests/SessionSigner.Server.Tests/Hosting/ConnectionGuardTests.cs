using System.Net.Sockets;
using System.Security.Authentication;
using Conformance;
using Grpc.Core;
using SessionSigner.V1;

namespace SessionSigner.Server.Tests;

/// <summary>How many connections there may be, and how long one may last.</summary>
public class ConnectionGuardTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly TestLimits _limits = new();

    [Theory]
    [InlineData("in all", false)]
    [InlineData("per address", false)]
    [InlineData("per identity", true)]
    public async Task Two_connections_leave_no_room_for_a_third_until_one_of_them_closes(string cap, bool othersMayConnect)
    {
        await using var server = await TestServer.StartAsync(_limits with { Listen = WithTwo(cap) });
        await using var first = await ConnectAsync(server, TestServer.Trader);
        var second = await ConnectAsync(server, TestServer.Trader);

        Assert.Null(await TryConnectAsync(server, TestServer.Trader));
        var client = new SessionService.SessionServiceClient(server.Connect(TestServer.Trader));
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.ListSessionsAsync(new ListSessionsRequest()));
        Assert.Contains(refused.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });
        await using (var other = await TryConnectAsync(server, TestServer.Auditor))
        {
            Assert.Equal(othersMayConnect, other is not null);
        }

        // Those that were there first go on.
        Assert.True(await IsServedAsync(first) && await IsServedAsync(second));
        await second.DisposeAsync();
        await using var third = await EventuallyAsync(() => TryConnectAsync(server, TestServer.Trader));
        Assert.True(await IsServedAsync(first) && await IsServedAsync(third));
        Assert.Null(await TryConnectAsync(server, TestServer.Trader));
    }

    [Fact]
    public async Task A_connection_that_is_too_old_is_asked_to_close_so_that_the_client_proves_itself_again()
    {
        await using var server = await TestServer.StartAsync(_limits);
        await using var client = await ConnectAsync(server, TestServer.Trader);
        server.Desk.Time.Advance(_limits.Listen.MaxConnectionAge);
        // Looked at about once a second.
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        Assert.True(await IsServedAsync(client));

        server.Desk.Time.Advance(TimeSpan.FromSeconds(1));

        var goAway = await client.ReadUntilAsync(frame => frame.Type == FrameType.GoAway, Limit);
        Assert.Equal(0, goAway!.Error);
        Assert.Null(await client.ReadUntilAsync(_ => false, Limit));
    }

    [Fact]
    public async Task Calls_of_a_connection_that_is_too_old_have_half_a_minute_to_end()
    {
        await using var server = await TestServer.StartAsync(_limits);
        await using var client = await ConnectAsync(server, TestServer.Auditor);
        var headers = FrameClient.RequestHeaders("/sessionsigner.v1.AuditService/TailEntries");
        await client.TrySendAsync(FrameClient.Frame(FrameType.Headers, FrameClient.EndHeaders, 1, headers));
        await client.TrySendAsync(FrameClient.Frame(FrameType.Data, FrameClient.EndStream, 1, new byte[5]));

        server.Desk.Time.Advance(_limits.Listen.MaxConnectionAge + TimeSpan.FromSeconds(1));
        Assert.NotNull(await client.ReadUntilAsync(frame => frame.Type == FrameType.GoAway, Limit));
        server.Desk.Time.Advance(ConnectionGuard.Grace - TimeSpan.FromSeconds(1));
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        Assert.True(await IsServedAsync(client));

        server.Desk.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await client.ReadUntilAsync(_ => false, Limit));
    }

    private ListenSection WithTwo(string cap) =>
        cap switch
        {
            "in all" => _limits.Listen with { MaxConnections = 2 },
            "per address" => _limits.Listen with { MaxConnectionsPerAddress = 2 },
            _ => _limits.Listen with { MaxConnectionsPerIdentity = 2 },
        };

    private static async Task<FrameClient> ConnectAsync(TestServer server, string identity) =>
        await TryConnectAsync(server, identity) ?? throw new IOException("The connection is not served.");

    /// <summary>A connection that is served, or null if it is closed before: in place of a handshake, or after it.</summary>
    /// <remarks>A client believes in a connection before the server does, which counts it and its age from the end of its own handshake.</remarks>
    private static async Task<FrameClient?> TryConnectAsync(TestServer server, string identity)
    {
        try
        {
            var client = await FrameClient.ConnectAsync(server.Address.Port, server.TlsOptions(identity));
            if (await IsServedAsync(client))
            {
                return client;
            }
            await client.DisposeAsync();
            return null;
        }
        // A reset may come before the client has noticed that it is connected.
        catch (Exception closed) when (closed is SocketException or IOException or AuthenticationException)
        {
            return null;
        }
    }

    private static async Task<bool> IsServedAsync(FrameClient client) =>
        await client.TrySendAsync(FrameClient.Frame(FrameType.Ping, 0, 0, new byte[8]))
        && await client.ReadUntilAsync(frame => frame is { Type: FrameType.Ping, Flags: FrameClient.Acknowledgement }, Limit) is not null;

    private static async Task<FrameClient> EventuallyAsync(Func<Task<FrameClient?>> connect)
    {
        for (var i = 0; i < 100; i++)
        {
            if (await connect() is { } client)
            {
                return client;
            }
            await Task.Delay(50);
        }
        throw new TimeoutException("There is no room for another connection.");
    }
}
