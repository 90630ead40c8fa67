using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Conformance;

/// <summary>HTTP/2 by hand over mutual TLS: whatever a library would not send. Headers are literals without index and without Huffman code (RFC 7541).</summary>
internal sealed class FrameClient : IAsyncDisposable
{
    public const byte EndStream = 1;
    public const byte Acknowledgement = 1;
    public const byte EndHeaders = 4;

    /// <summary>What a client sends first. SPEC: RFC 9113 section 3.4.</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    private readonly TcpClient _tcp;
    private readonly SslStream _tls;

    private FrameClient(TcpClient tcp, SslStream tls) => (_tcp, _tls) = (tcp, tls);

    /// <summary>Connects and sends the preface and empty settings.</summary>
    public static async Task<FrameClient> ConnectAsync(int port, SslClientAuthenticationOptions options)
    {
        var client = await ConnectSilentAsync(port, options);
        await client._tls.WriteAsync(Preface.ToArray());
        await client._tls.WriteAsync(Frame(FrameType.Settings, 0, 0));
        return client;
    }

    /// <summary>Connects and sends nothing over TLS.</summary>
    public static async Task<FrameClient> ConnectSilentAsync(int port, SslClientAuthenticationOptions options)
    {
        options.TargetHost = "localhost";
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        var tcp = new TcpClient { NoDelay = true };
        try
        {
            await tcp.ConnectAsync(IPAddress.Loopback, port);
            var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(options);
            return new FrameClient(tcp, tls);
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    /// <summary>The headers of a gRPC request, with others after them.</summary>
    public static byte[] RequestHeaders(string path, params (string Name, string Value)[] more) =>
        [
            .. new[]
            {
                (":method", "POST"),
                (":scheme", "https"),
                (":authority", "localhost"),
                (":path", path),
                ("content-type", "application/grpc"),
                ("te", "trailers"),
            }
                .Concat(more)
                .SelectMany(header => (byte[])[0, .. Text(header.Item1), .. Text(header.Item2)]),
        ];

    public static byte[] Frame(FrameType type, byte flags, int stream, byte[]? payload = null)
    {
        payload ??= [];
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = (byte)type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>Sends bytes; false if the server has closed the connection.</summary>
    public async Task<bool> TrySendAsync(params byte[] bytes)
    {
        try
        {
            await _tls.WriteAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Reads frames until one is wanted; null if the server closes the connection before.</summary>
    public async Task<ReceivedFrame?> ReadUntilAsync(Func<ReceivedFrame, bool> isWanted, TimeSpan limit)
    {
        using var timer = new CancellationTokenSource(limit);
        var header = new byte[9];
        try
        {
            while (true)
            {
                await _tls.ReadExactlyAsync(header, timer.Token);
                var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >>> 8];
                await _tls.ReadExactlyAsync(payload, timer.Token);
                var frame = new ReceivedFrame(
                    (FrameType)header[3],
                    header[4],
                    BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)),
                    payload
                );
                if (isWanted(frame))
                {
                    return frame;
                }
            }
        }
        catch (IOException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _tls.DisposeAsync();
        _tcp.Dispose();
    }

    // SPEC: RFC 7541 section 5.2, a literal string: its length as an integer with a prefix of 7 bits, then its bytes.
    private static byte[] Text(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        var length = new List<byte>();
        var rest = bytes.Length;
        if (rest < 127)
        {
            length.Add((byte)rest);
        }
        else
        {
            length.Add(127);
            for (rest -= 127; rest >= 128; rest >>= 7)
            {
                length.Add((byte)((rest & 127) | 128));
            }
            length.Add((byte)rest);
        }
        return [.. length, .. bytes];
    }
}

/// <summary>Types of HTTP/2 frames. SPEC: RFC 9113 section 6.</summary>
internal enum FrameType
{
    Data = 0,
    Headers = 1,
    ResetStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    Continuation = 9,
}

/// <summary>A frame from the server.</summary>
internal sealed record ReceivedFrame(FrameType Type, byte Flags, int Stream, byte[] Payload)
{
    /// <summary>The error code of GOAWAY or RST_STREAM.</summary>
    public int Error => BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(Type == FrameType.GoAway ? 4 : 0));
}
