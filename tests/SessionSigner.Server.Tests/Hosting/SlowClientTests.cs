using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Conformance;
using SessionSigner.V1;

namespace SessionSigner.Server.Tests;

/// <summary>Clients that open connections and say too little, or ask for too much at once.</summary>
public class SlowClientTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TestLimits _limits = new();

    /// <summary>With the production time limit, 5 seconds: Kestrel's own would be 10.</summary>
    [Fact]
    public async Task Who_begins_no_handshake_takes_a_place_of_its_address_for_five_seconds()
    {
        await using var server = await TestServer.StartAsync(
            _limits with
            {
                Listen = _limits.Listen with { MaxConnectionsPerAddress = 1 },
            }
        );

        var closedAfter = await Task.WhenAll(ConnectSilentlyAsync(server), ConnectSilentlyAsync(server));

        // No room for one of them, although the other has proved no identity.
        Assert.InRange(closedAfter.Min(), TimeSpan.Zero, TimeSpan.FromSeconds(4));
        Assert.InRange(closedAfter.Max(), TimeSpan.FromSeconds(4.5), TimeSpan.FromSeconds(9));
        var client = new SessionService.SessionServiceClient(server.Connect(TestServer.Trader));
        await client.ListSessionsAsync(new ListSessionsRequest());
    }

    /// <summary>Half of what begins HTTP/2 keeps a connection no longer than nothing at all does.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    public async Task Who_says_no_more_after_the_handshake_is_cut(int sizeOfStart)
    {
        await using var server = await TestServer.StartAsync(
            _limits with
            {
                Change = limits => limits.KeepAliveTimeout = TimeSpan.FromSeconds(2),
            }
        );
        await using var client = await FrameClient.ConnectSilentAsync(server.Address.Port, server.TlsOptions(TestServer.Trader));
        var watch = Stopwatch.StartNew();
        Assert.True(await client.TrySendAsync(FrameClient.Preface[..sizeOfStart].ToArray()));

        Assert.Null(await client.ReadUntilAsync(_ => false, Limit));

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_connection_has_so_many_streams_at_once_and_no_more()
    {
        // RFC 9113 section 7.
        const int RefusedStream = 7;
        const int MaxStreams = 100;
        await using var server = await TestServer.StartAsync(_limits with { MaxCallsPerIdentity = MaxStreams * 2 });
        await using var client = await FrameClient.ConnectAsync(server.Address.Port, server.TlsOptions(TestServer.Trader));
        var stream = -1;
        for (var i = 0; i < MaxStreams; i++)
        {
            await BeginAsync(client, stream += 2);
        }

        await BeginAsync(client, stream += 2);

        var refused = await client.ReadUntilAsync(frame => frame.Type == FrameType.ResetStream, Limit);
        Assert.Equal((stream, RefusedStream), (refused!.Stream, refused.Error));
        // Those that were there first go on, and one that has ended makes room for one.
        await EndAsync(client, 1);
        Assert.NotNull(await client.ReadUntilAsync(frame => frame is { Type: FrameType.Headers, Stream: 1, Flags: 5 }, Limit));
        await BeginAsync(client, stream += 2);
        await EndAsync(client, stream);
        var answer = await client.ReadUntilAsync(frame => frame.Stream == stream, Limit);
        Assert.Equal(FrameType.Headers, answer!.Type);
    }

    private static Task<bool> BeginAsync(FrameClient client, int stream) =>
        client.TrySendAsync(
            FrameClient.Frame(
                FrameType.Headers,
                FrameClient.EndHeaders,
                stream,
                FrameClient.RequestHeaders("/sessionsigner.v1.SessionService/GetSession")
            )
        );

    // An empty message.
    private static Task<bool> EndAsync(FrameClient client, int stream) =>
        client.TrySendAsync(FrameClient.Frame(FrameType.Data, FrameClient.EndStream, stream, new byte[5]));

    private static async Task<TimeSpan> ConnectSilentlyAsync(TestServer server)
    {
        using var timer = new CancellationTokenSource(Limit);
        using var client = new TcpClient();
        var watch = Stopwatch.StartNew();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, timer.Token);
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], timer.Token));
        }
        catch (Exception reset) when (reset is SocketException or IOException)
        {
            // Closed as well.
        }
        return watch.Elapsed;
    }
}
