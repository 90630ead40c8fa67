using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace SessionSigner.Server.Tests;

/// <summary>Every limit of a connection as it is in production, so that none changes by accident or by a new version of the server. Why: decision 18.</summary>
public class LimitsTests
{
    [Fact]
    public async Task Of_connections()
    {
        using var folder = new ConfigurationFolder();
        var (defaults, faults, _) = folder.Examine(folder.Reference);
        Assert.Empty(faults);
        var listen = defaults!.Listen;
        Assert.Equal(
            (1000, 200, 100, 100, TimeSpan.FromHours(1)),
            (
                listen.MaxConnections,
                listen.MaxConnectionsPerAddress,
                listen.MaxConnectionsPerIdentity,
                listen.MaxStreamsPerConnection,
                listen.MaxConnectionAge
            )
        );
        Assert.Equal(TimeSpan.FromSeconds(30), ConnectionGuard.Grace);
        Assert.Equal(TimeSpan.FromSeconds(5), TlsListener.HandshakeTimeout);

        await using var server = await TestServer.StartAsync(
            new TestLimits { Listen = listen with { Addresses = new TestLimits().Listen.Addresses } }
        );
        var kestrel = server.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;
        Assert.Equal((1000, 0), (kestrel.Limits.MaxConcurrentConnections, kestrel.Limits.MaxConcurrentUpgradedConnections));
        Assert.Equal(TimeSpan.FromSeconds(20), kestrel.Limits.KeepAliveTimeout);
        Assert.Equal(
            (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5)),
            (kestrel.Limits.Http2.KeepAlivePingDelay, kestrel.Limits.Http2.KeepAlivePingTimeout)
        );
        Assert.Equal(100, kestrel.Limits.Http2.MaxStreamsPerConnection);
        Assert.Equal(
            (256 * 1024, 1024 * 1024),
            (kestrel.Limits.Http2.InitialStreamWindowSize, kestrel.Limits.Http2.InitialConnectionWindowSize)
        );
    }

    [Fact]
    public async Task Of_requests()
    {
        await using var server = await TestServer.StartAsync();
        var kestrel = server.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;
        Assert.Equal((false, false), (kestrel.AddServerHeader, kestrel.AllowSynchronousIO));
        Assert.Equal(TimeSpan.FromSeconds(5), kestrel.Limits.RequestHeadersTimeout);
        Assert.Equal(
            (8 * 1024, 32, 1024),
            (kestrel.Limits.MaxRequestHeadersTotalSize, kestrel.Limits.MaxRequestHeaderCount, kestrel.Limits.MaxRequestLineSize)
        );
        Assert.Equal((8 * 1024, 4 * 1024), (kestrel.Limits.Http2.MaxRequestHeaderFieldSize, kestrel.Limits.Http2.HeaderTableSize));
        Assert.Equal(16 * 1024, kestrel.Limits.Http2.MaxFrameSize);
        Assert.Equal(278_528, kestrel.Limits.MaxRequestBodySize);
        var rate = kestrel.Limits.MinRequestBodyDataRate!;
        Assert.Equal((240, TimeSpan.FromSeconds(5)), (rate.BytesPerSecond, rate.GracePeriod));
    }

    [Fact]
    public async Task Of_messages_and_calls()
    {
        await using var server = await TestServer.StartAsync();
        var grpc = server.Services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        Assert.Equal((139_264, 16 * 1024 * 1024), (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize));
        Assert.False(grpc.EnableDetailedErrors);
        Assert.IsType<BoundedGzip>(Assert.Single(grpc.CompressionProviders));

        using var folder = new ConfigurationFolder();
        var limits = folder.Examine(folder.Reference).Options!.Limits;
        Assert.Equal((TimeSpan.FromSeconds(10), 512), (limits.Deadline, limits.MaxCallsPerIdentity));
    }

    [Fact]
    public void Of_frames_that_bring_no_request()
    {
        Assert.Equal((10_000, TimeSpan.FromSeconds(10)), (FrameMeter.PointsMax, FrameMeter.Window));
        Assert.Equal((100, 10), (FrameMeter.RareFramePoints, FrameMeter.EmptyDataPoints));
        Assert.Equal((4, 64), (FrameMeter.RequestPoints, FrameMeter.SentBytesPerPoint));
    }
}
