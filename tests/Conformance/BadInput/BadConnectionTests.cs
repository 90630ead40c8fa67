using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Frames that no library sends: what the server itself answers, and that it ends connections that only cost it work.</summary>
[Collection(DaemonCollection.Name)]
public class BadConnectionTests(DaemonFixture daemon)
{
    private const string Get = "/sessionsigner.v1.SessionService/GetSession";

    // SPEC: RFC 9113 section 7.
    private const int CompressionError = 9;
    private const int EnhanceYourCalm = 11;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    // Sooner than the time that headers and bodies may take, so that it is not this that ends the connection.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task What_the_rows_are_made_from_is_answered()
    {
        await using var probe = await Probe.OpenAsync(daemon);
        await using var client = await ConnectAsync();
        await SendRequestAsync(client, probe, 1);
        await AssertAnsweredAsync(client, probe, 1);
    }

    [Theory]
    [InlineData("33 headers")]
    [InlineData("two headers of 4,100 bytes")]
    public async Task Too_many_headers_get_an_answer_and_the_connection_goes_on(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        await using var client = await ConnectAsync();
        (string, string)[] more =
            what == "33 headers"
                ? [.. Enumerable.Range(0, 33).Select(i => ($"x-{i}", "1"))]
                : [("x-1", new string('a', 4_100)), ("x-2", new string('a', 4_100))];
        await SendRequestAsync(client, probe, 1, more);
        var answer = await client.ReadUntilAsync(frame => frame is { Type: FrameType.Headers, Stream: 1 }, Limit);
        Assert.Equal("431", StatusOf(answer!));
        await SendRequestAsync(client, probe, 3);
        await AssertAnsweredAsync(client, probe, 3);
        await probe.AssertUnharmedAsync();
    }

    [Fact]
    public async Task A_header_of_8193_bytes_ends_the_connection()
    {
        await using var probe = await Probe.OpenAsync(daemon);
        await using var client = await ConnectAsync();
        await SendRequestAsync(client, probe, 1, ("x", new string('a', 8_193)));
        await AssertClosedAsync(client, CompressionError);
        await probe.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    public async Task Empty_continuations_without_end_are_cut(int millisecondsBetween)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        await using var client = await ConnectAsync();
        await client.TrySendAsync(FrameClient.Frame(FrameType.Headers, 0, 1, FrameClient.RequestHeaders(Get)));
        var watch = Stopwatch.StartNew();
        // In a flood the meter cuts them, drop by drop the time that headers may take.
        while (await client.TrySendAsync(FrameClient.Frame(FrameType.Continuation, 0, 1)))
        {
            await Task.Delay(millisecondsBetween);
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, millisecondsBetween == 0 ? Soon : Limit);
        }
        await probe.AssertUnharmedAsync();
    }

    [Fact]
    public async Task Requests_that_are_reset_at_once_end_the_connection()
    {
        await using var probe = await Probe.OpenAsync(daemon);
        await using var client = await ConnectAsync();
        byte[] headers = FrameClient.RequestHeaders(Get);
        for (var stream = 1; stream < 10_000; stream += 2)
        {
            byte[] both =
            [
                .. FrameClient.Frame(FrameType.Headers, FrameClient.EndHeaders, stream, headers),
                .. FrameClient.Frame(FrameType.ResetStream, 0, stream, [0, 0, 0, 8]),
            ];
            if (!await client.TrySendAsync(both))
            {
                break;
            }
        }
        await AssertClosedAsync(client, EnhanceYourCalm);
        await probe.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("PING", 20_000)]
    [InlineData("SETTINGS", 200)]
    [InlineData("empty DATA", 2_000)]
    public async Task A_flood_of_frames_that_bring_no_request_ends_the_connection(string what, int count)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        await using var client = await ConnectAsync();
        if (what == "empty DATA")
        {
            await client.TrySendAsync(FrameClient.Frame(FrameType.Headers, FrameClient.EndHeaders, 1, FrameClient.RequestHeaders(Get)));
        }
        var frame = FrameOf(what);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i += 100)
        {
            if (!await client.TrySendAsync([.. Enumerable.Repeat(frame, 100).SelectMany(bytes => bytes)]))
            {
                break;
            }
        }
        await AssertClosedAsync(client, error: null);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Soon);
        await probe.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("PING", 2_000)]
    [InlineData("SETTINGS", 20)]
    public async Task As_many_as_honest_clients_send_are_answered(string what, int count)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        await using var client = await ConnectAsync();
        var frame = FrameOf(what);
        for (var i = 0; i < count; i++)
        {
            Assert.True(await client.TrySendAsync(frame));
        }
        await SendRequestAsync(client, probe, 1);
        await AssertAnsweredAsync(client, probe, 1);
        await probe.AssertUnharmedAsync();
    }

    private async Task<FrameClient> ConnectAsync()
    {
        using var handler = daemon.Handler(Identities.Alice);
        return await FrameClient.ConnectAsync(new Uri($"https://{daemon.Target}").Port, handler.SslOptions);
    }

    private static byte[] FrameOf(string what) =>
        what switch
        {
            "PING" => FrameClient.Frame(FrameType.Ping, 0, 0, new byte[8]),
            "SETTINGS" => FrameClient.Frame(FrameType.Settings, 0, 0),
            _ => FrameClient.Frame(FrameType.Data, 0, 1),
        };

    private static async Task SendRequestAsync(FrameClient client, Probe probe, int stream, params (string, string)[] more)
    {
        var body = RawClient.Frame(new GetSessionRequest { SessionId = probe.Id }.ToByteArray());
        byte[] both =
        [
            .. FrameClient.Frame(FrameType.Headers, FrameClient.EndHeaders, stream, FrameClient.RequestHeaders(Get, more)),
            .. FrameClient.Frame(FrameType.Data, FrameClient.EndStream, stream, body),
        ];
        Assert.True(await client.TrySendAsync(both));
    }

    private static async Task AssertAnsweredAsync(FrameClient client, Probe probe, int stream)
    {
        var answer = await client.ReadUntilAsync(frame => frame.Type == FrameType.Data && frame.Stream == stream, Limit);
        Assert.Contains(probe.Id, Encoding.UTF8.GetString(answer!.Payload), StringComparison.Ordinal);
    }

    // The status is the first header: indexed for 200, otherwise a literal of three characters.
    private static string StatusOf(ReceivedFrame answer) => Regex.Match(Encoding.Latin1.GetString(answer.Payload), "[1-5][0-9][0-9]").Value;

    private static async Task AssertClosedAsync(FrameClient client, int? error)
    {
        var seen = await client.ReadUntilAsync(frame => frame.Type == FrameType.GoAway && frame.Error != 0, Limit);
        if (error is not null && seen is not null)
        {
            Assert.Equal(error, seen.Error);
        }
        Assert.Null(await client.ReadUntilAsync(_ => false, Limit));
    }
}
