using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SessionSigner.Server.Tests;

public class FrameGuardTests
{
    private const int Chunks = 6_000;
    private const int ChunkSize = 16_384;

    /// <summary>An auditor who exports a log, with a window that does not grow: room for every frame, and a measurement of the round trip.</summary>
    [Fact]
    public async Task Who_takes_a_long_stream_at_full_speed_is_not_cut()
    {
        await using var server = await StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, PortOf(server));
        await using var stream = client.GetStream();
        byte[] request = [0x82, 0x86, 0x84, 0x41, 1, (byte)'x'];
        await stream.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, 0, []), .. Frame(1, 5, 1, request)]);

        var taken = 0L;
        var header = new byte[9];
        var payload = new byte[ChunkSize];
        for (var isOver = false; !isOver; )
        {
            await stream.ReadExactlyAsync(header);
            var length = (header[0] << 16) | (header[1] << 8) | header[2];
            await stream.ReadExactlyAsync(payload.AsMemory(0, length));
            if (header[3] != 0)
            {
                continue;
            }
            taken += length;
            isOver = (header[4] & 1) != 0;
            if (length > 0)
            {
                var room = new byte[4];
                BinaryPrimitives.WriteInt32BigEndian(room, length);
                await stream.WriteAsync((byte[])[.. Frame(8, 0, 0, room), .. Frame(8, 0, 1, room), .. Frame(6, 0, 0, new byte[8])]);
            }
        }

        Assert.Equal((long)Chunks * ChunkSize, taken);
    }

    private static async Task<WebApplication> StartAsync()
    {
        var guard = new FrameGuard(TimeProvider.System, NullLogger<FrameGuard>.Instance);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    listen.Use(next => connection => guard.Guard(connection, next));
                }
            )
        );
        var server = builder.Build();
        server.Run(async context =>
        {
            var chunk = new byte[ChunkSize];
            for (var i = 0; i < Chunks; i++)
            {
                await context.Response.Body.WriteAsync(chunk);
            }
        });
        await server.StartAsync();
        return server;
    }

    private static int PortOf(WebApplication server) =>
        new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    private static byte[] Frame(byte type, byte flags, byte stream, byte[] payload) =>
        [0, 0, (byte)payload.Length, type, flags, 0, 0, 0, stream, .. payload];
}
