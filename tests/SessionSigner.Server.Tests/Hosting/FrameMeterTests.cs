using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace SessionSigner.Server.Tests;

public class FrameMeterTests
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Priority = 2;
    private const byte ResetStream = 3;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte WindowUpdate = 8;
    private const byte Continuation = 9;
    private const byte Unknown = 0x77;

    private static readonly byte[] s_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(Ping, 0, 8, 1)]
    [InlineData(Ping, 1, 8, 1)]
    [InlineData(WindowUpdate, 0, 4, 1)]
    [InlineData(Priority, 0, 5, 1)]
    [InlineData(Unknown, 0, 3, 1)]
    [InlineData(Settings, 0, 0, FrameMeter.RareFramePoints)]
    [InlineData(Settings, 1, 0, FrameMeter.RareFramePoints)]
    [InlineData(Settings, 0, 12, FrameMeter.RareFramePoints)]
    [InlineData(Continuation, 0, 0, FrameMeter.RareFramePoints)]
    [InlineData(Continuation, 4, 0, FrameMeter.RareFramePoints)]
    [InlineData(Data, 0, 0, FrameMeter.EmptyDataPoints)]
    public void Frames_that_bring_no_request_cost_points(byte type, byte flags, int length, int points)
    {
        var meter = Begin();
        var frame = Frame(type, flags, length);
        for (var i = 0; i < FrameMeter.PointsMax / points; i++)
        {
            Assert.True(Add(meter, frame), $"frame {i}");
        }
        Assert.False(Add(meter, frame));
        // Nothing brings the client back.
        _clock.Advance(FrameMeter.Window * 2);
        Assert.False(Add(meter, frame));
        Assert.False(Add(meter, Frame(Data, 0, 1)));
    }

    [Theory]
    [InlineData(Data, 0, 1)]
    [InlineData(Data, 1, 0)]
    [InlineData(Headers, 4, 100)]
    [InlineData(Continuation, 4, 1)]
    [InlineData(ResetStream, 0, 4)]
    public void Frames_of_requests_cost_nothing(byte type, byte flags, int length)
    {
        var meter = Begin();
        var frame = Frame(type, flags, length);
        for (var i = 0; i <= FrameMeter.PointsMax; i++)
        {
            Assert.True(Add(meter, frame));
        }
    }

    [Fact]
    public void Points_are_forgotten_after_a_window()
    {
        var meter = Begin();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < FrameMeter.PointsMax / FrameMeter.RareFramePoints; i++)
            {
                Assert.True(Add(meter, Frame(Settings, 0, 0)), $"round {round}, frame {i}");
            }
            _clock.Advance(FrameMeter.Window + TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public void Requests_pay_for_the_frames_that_come_with_them()
    {
        var meter = Begin();
        for (var i = 0; i < FrameMeter.PointsMax * 2; i++)
        {
            Assert.True(Add(meter, [.. Frame(Headers, 4, 50), .. Frame(Data, 1, 20), .. Frame(Ping, 0, 8), .. Frame(WindowUpdate, 0, 4)]));
        }
        // They leave nothing over.
        Assert.True(Add(meter, Frame(Headers, 4, 50)));
        for (var i = 0; i < FrameMeter.PointsMax; i++)
        {
            Assert.True(Add(meter, Frame(Ping, 0, 8)), $"frame {i}");
        }
        Assert.False(Add(meter, Frame(Ping, 0, 8)));
    }

    [Fact]
    public void What_is_sent_pays_for_the_frames_that_take_it()
    {
        var meter = Begin();
        // A stream of short answers: a client may make room and measure the round trip for each.
        for (var i = 0; i < FrameMeter.PointsMax * 3; i++)
        {
            meter.AddSent(2 * FrameMeter.SentBytesPerPoint);
            Assert.True(Add(meter, [.. Frame(Ping, 0, 8), .. Frame(WindowUpdate, 0, 4)]), $"answer {i}");
        }
        // It leaves nothing over.
        meter.AddSent(1_000_000_000);
        Assert.True(Add(meter, Frame(Ping, 0, 8)));
        for (var i = 1; i < FrameMeter.PointsMax; i++)
        {
            Assert.True(Add(meter, Frame(Ping, 0, 8)), $"frame {i}");
        }
        Assert.False(Add(meter, Frame(Ping, 0, 8)));
        meter.AddSent(1_000_000_000);
        Assert.False(Add(meter, Frame(Ping, 0, 8)));
    }

    [Fact]
    public void The_answers_to_a_flood_do_not_pay_for_it()
    {
        var meter = Begin();
        var count = 0;
        // A PING is answered with 17 bytes.
        for (; count < FrameMeter.PointsMax * 3 && Add(meter, Frame(Ping, 0, 8)); count++)
        {
            meter.AddSent(17);
        }
        Assert.InRange(count, FrameMeter.PointsMax, FrameMeter.PointsMax * 3 / 2);
    }

    [Fact]
    public void What_looks_like_frames_inside_a_payload_is_none()
    {
        var meter = Begin();
        byte[] inside = [.. Enumerable.Repeat(Frame(Settings, 0, 0), 1_000).SelectMany(frame => frame)];
        Assert.True(Add(meter, [0, (byte)(inside.Length >> 8), (byte)(inside.Length & 0xff), Data, 0, 0, 0, 0, 1, .. inside]));
        Assert.True(Add(meter, Frame(Data, 1, 0)));
    }

    [Property(MaxTest = 300)]
    public Property However_the_bytes_are_cut_the_count_is_the_same()
    {
        var frame =
            from type in Gen.Elements(Data, Headers, ResetStream, Settings, Ping, Continuation, Unknown)
            from flags in Gen.Elements<byte>(0, 1, 4)
            from length in Gen.Frequency((3, Gen.Constant(0)), (3, Gen.Choose(1, 20)), (1, Gen.Choose(21, 2_000)))
            select Frame(type, flags, length);
        var cases =
            from count in Gen.Choose(0, 150)
            from frames in Gen.ArrayOf(frame, count)
            from seed in Gen.Choose(0, int.MaxValue)
            select (Frames: frames, Seed: seed);
        return Prop.ForAll(
            Arb.From(cases),
            given =>
            {
                var (whole, cut) = (Begin(), new FrameMeter(_clock));
                var bytes = s_preface.Concat(given.Frames.SelectMany(one => one)).ToArray();
                var isWithin = true;
                foreach (var one in given.Frames)
                {
                    isWithin = Add(whole, one);
                }
                return CutAtRandom(bytes, new Random(given.Seed)).Aggregate(true, (_, piece) => cut.TryAdd(piece)) == isWithin;
            }
        );
    }

    private FrameMeter Begin()
    {
        var meter = new FrameMeter(_clock);
        Assert.True(Add(meter, s_preface));
        return meter;
    }

    private static bool Add(FrameMeter meter, byte[] bytes) => meter.TryAdd(new ReadOnlySequence<byte>(bytes));

    // Reads of random length, each of one or two pieces.
    private static IEnumerable<ReadOnlySequence<byte>> CutAtRandom(byte[] bytes, Random random)
    {
        for (var start = 0; start < bytes.Length; )
        {
            var length = Math.Min(random.Next(1, random.Next(2) == 0 ? 4 : 60), bytes.Length - start);
            var middle = random.Next(length);
            var first = new Piece(bytes.AsMemory(start, middle), 0);
            var last = first.Append(bytes.AsMemory(start + middle, length - middle));
            yield return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
            start += length;
        }
    }

    private static byte[] Frame(byte type, byte flags, int length) =>
        [0, (byte)(length >> 8), (byte)(length & 0xff), type, flags, 0, 0, 0, 1, .. Enumerable.Repeat((byte)4, length)];

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long runningIndex) => (Memory, RunningIndex) = (memory, runningIndex);

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
