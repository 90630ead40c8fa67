using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace SessionSigner.Server;

/// <summary>
/// Watches open connections: so many per remote address and per identity, none older than the configured age, none whose certificate is no
/// longer accepted. Kestrel calls each connection's heartbeat about once a second. Thread safe.
/// </summary>
internal sealed partial class ConnectionGuard(ListenSection options, TimeProvider clock, ILogger<ConnectionGuard> logger)
{
    /// <summary>How long calls may go on after a connection was asked to close for its age.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Before TLS: counts per address, so that unfinished handshakes count too.</summary>
    public async Task GuardAddress(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "";
        await Counted($"address {address}", options.MaxConnectionsPerAddress, connection, next);
    }

    /// <summary>After TLS: counts per identity and watches the connection while it is open.</summary>
    public async Task GuardIdentity(ConnectionContext connection, ConnectionDelegate next)
    {
        // Without an identity nothing goes on: TLS must have set it.
        if (connection.Features.Get<ClientConnection>() is not { } client)
        {
            connection.Abort(new ConnectionAbortedException("No identity was proved."));
            return;
        }
        Watch(connection, client);
        await Counted($"identity {client.Identity}", options.MaxConnectionsPerIdentity, connection, next);
    }

    private async Task Counted(string who, int countMax, ConnectionContext connection, ConnectionDelegate next)
    {
        var count = _open.AddOrUpdate(who, 1, (_, open) => open + 1);
        try
        {
            if (count > countMax)
            {
                LogTooMany(who, countMax);
                connection.Abort(new ConnectionAbortedException("Too many connections."));
                return;
            }
            await next(connection);
        }
        finally
        {
            if (_open.AddOrUpdate(who, 0, (_, open) => open - 1) == 0)
            {
                _open.TryRemove(new KeyValuePair<string, int>(who, 0));
            }
        }
    }

    private void Watch(ConnectionContext connection, ClientConnection client)
    {
        var started = clock.GetTimestamp();
        var isAskedToClose = false;
        connection
            .Features.GetRequiredFeature<IConnectionHeartbeatFeature>()
            .OnHeartbeat(
                _ =>
                {
                    if (!client.IsStillProved())
                    {
                        LogCut(client.Identity);
                        connection.Abort(new ConnectionAbortedException("The certificate is no longer accepted."));
                        return;
                    }
                    var age = clock.GetElapsedTime(started);
                    if (age > options.MaxConnectionAge + Grace)
                    {
                        connection.Abort(new ConnectionAbortedException("The connection is too old."));
                    }
                    else if (age > options.MaxConnectionAge && !isAskedToClose)
                    {
                        isAskedToClose = true;
                        connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
                    }
                },
                this
            );
    }

    [LoggerMessage(EventId = 1220, Level = LogLevel.Warning, Message = "Connection refused: {Who} has {CountMax} already")]
    private partial void LogTooMany(string who, int countMax);

    [LoggerMessage(
        EventId = 1221,
        Level = LogLevel.Warning,
        Message = "Connection of {Identity} cut: its certificate is no longer accepted"
    )]
    private partial void LogCut(string identity);
}
