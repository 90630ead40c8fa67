using System.Buffers;

namespace SessionSigner.Server;

/// <summary>
/// Reads the headers of the frames that a client sends, however the bytes are cut into pieces, and counts those that cost the server work and bring no
/// request: Kestrel answers or skips any number of them. Keeps 9 bytes, never copies a payload. Not thread safe but for <see cref="AddSent"/>: one for each connection.
/// </summary>
internal sealed class FrameMeter(TimeProvider clock)
{
    /// <summary>Most points in one window; a client that goes beyond is cut off.</summary>
    /// <remarks>Honest clients measure the round trip with a PING for every answer they get, so one point each is far from what they need.</remarks>
    public const int PointsMax = 10_000;

    /// <summary>Points of a frame that honest clients send a few times in a connection: SETTINGS, empty CONTINUATION.</summary>
    public const int RareFramePoints = 100;

    /// <summary>Points of an empty DATA frame that does not end its stream.</summary>
    public const int EmptyDataPoints = 10;

    /// <summary>Points that a request takes back, for the PING and WINDOW_UPDATE frames that may come with it.</summary>
    public const int RequestPoints = 4;

    /// <summary>
    /// Bytes sent to the client that take back a point: who takes much, in answers or in one long stream, makes room for it and measures the round trip. The answers
    /// that a flood gets (17 bytes to a PING) take back far less than it costs.
    /// </summary>
    public const int SentBytesPerPoint = 64;

    /// <summary>How long points are added up.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    // SPEC: RFC 9113 section 3.4, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"; section 4.1, the frame header.
    private const int PrefaceSize = 24;
    private const int HeaderSize = 9;

    private readonly byte[] _header = new byte[HeaderSize];
    private int _headerLength;
    private long _skip = PrefaceSize;
    private int _points;
    private long _sent;
    private long _windowStart = clock.GetTimestamp();

    /// <summary>Counts what is sent to the client. Any thread.</summary>
    public void AddSent(long bytes) => Interlocked.Add(ref _sent, bytes);

    /// <summary>Takes the next bytes of the connection.</summary>
    /// <returns>False if the client has gone beyond its points.</returns>
    public bool TryAdd(ReadOnlySequence<byte> bytes)
    {
        TakeBackSent();
        foreach (var piece in bytes)
        {
            Add(piece.Span);
        }
        return _points <= PointsMax;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            // 1. What is left of the preface or of a payload.
            var skipped = (int)Math.Min(_skip, bytes.Length);
            _skip -= skipped;
            bytes = bytes[skipped..];
            if (bytes.IsEmpty)
            {
                return;
            }
            // 2. A frame's header, whole or the next part of it.
            if (_headerLength == 0 && bytes.Length >= HeaderSize)
            {
                Count(bytes[..HeaderSize]);
                bytes = bytes[HeaderSize..];
                continue;
            }
            var taken = Math.Min(HeaderSize - _headerLength, bytes.Length);
            bytes[..taken].CopyTo(_header.AsSpan(_headerLength));
            _headerLength += taken;
            bytes = bytes[taken..];
            if (_headerLength == HeaderSize)
            {
                _headerLength = 0;
                Count(_header);
            }
        }
    }

    private void Count(ReadOnlySpan<byte> header9)
    {
        var length = (header9[0] << 16) | (header9[1] << 8) | header9[2];
        _skip = length;
        var isLast = (header9[4] & 1) != 0;
        switch ((FrameType)header9[3])
        {
            case FrameType.Data when length > 0 || isLast:
            case FrameType.Continuation when length > 0:
            case FrameType.ResetStream:
                // Kestrel holds these to its own limits: sizes, rates of data, resets.
                break;
            case FrameType.Headers:
                _points = Math.Max(0, _points - RequestPoints);
                break;
            case FrameType.Data:
                Spend(EmptyDataPoints);
                break;
            case FrameType.Settings:
            case FrameType.Continuation:
                Spend(RareFramePoints);
                break;
            default:
                // PING, WINDOW_UPDATE, PRIORITY, and whatever has no name.
                Spend(1);
                break;
        }
    }

    private void TakeBackSent()
    {
        var points = Volatile.Read(ref _sent) / SentBytesPerPoint;
        if (points > 0 && _points <= PointsMax)
        {
            Interlocked.Add(ref _sent, -points * SentBytesPerPoint);
            // Nothing is left over for later.
            _points = (int)Math.Max(0, _points - points);
        }
    }

    private void Spend(int points)
    {
        // Once beyond, always beyond: the connection is being cut.
        if (_points > PointsMax)
        {
            return;
        }
        if (clock.GetElapsedTime(_windowStart) > Window)
        {
            _windowStart = clock.GetTimestamp();
            _points = 0;
        }
        _points += points;
    }

    private enum FrameType
    {
        Data = 0,
        Headers = 1,
        ResetStream = 3,
        Settings = 4,
        Continuation = 9,
    }
}
