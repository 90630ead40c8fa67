using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace SessionSigner.Server;

/// <summary>
/// Limits of the HTTP/2 server. Kestrel's own defaults are made for web sites, not for a daemon that signs. Kestrel has no limit on PING, SETTINGS
/// and empty CONTINUATION frames: <see cref="FrameGuard"/> has.
/// </summary>
internal static class KestrelSetup
{
    /// <summary>Largest gRPC message taken, in bytes: the largest payload (131,072) with room for the other fields.</summary>
    public const int MessageSizeMax = 131_072 + 8_192;

    /// <summary>Largest body of a request, in bytes: twice a message, so that one a little too large is read far enough to be refused by its length.</summary>
    public const int BodySizeMax = 2 * MessageSizeMax;

    /// <summary>Sets limits and addresses.</summary>
    public static void Apply(KestrelServerOptions kestrel, ListenSection options, TlsListener tls, ConnectionGuard guard, FrameGuard frames)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(20);
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.MaxRequestHeadersTotalSize = 8 * 1024;
        limits.MaxRequestHeaderCount = 32;
        limits.MaxRequestLineSize = 1024;
        limits.MaxRequestBodySize = BodySizeMax;
        limits.Http2.MaxStreamsPerConnection = options.MaxStreamsPerConnection;
        limits.Http2.MaxRequestHeaderFieldSize = 8 * 1024;
        limits.Http2.HeaderTableSize = 4 * 1024;
        limits.Http2.InitialStreamWindowSize = 256 * 1024;
        limits.Http2.InitialConnectionWindowSize = 1024 * 1024;
        // A ping every 10 seconds of silence keeps an honest idle client connected past KeepAliveTimeout and finds a dead one.
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
        foreach (var address in options.Addresses)
        {
            kestrel.Listen(
                address,
                listen =>
                {
                    listen.Use(next => connection => guard.GuardAddress(connection, next));
                    tls.Apply(listen);
                    listen.Use(next => connection => guard.GuardIdentity(connection, next));
                    listen.Use(next => connection => frames.Guard(connection, next));
                }
            );
        }
    }
}
