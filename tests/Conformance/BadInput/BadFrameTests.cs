using System.Text;
using Google.Protobuf;
using Grpc.Core;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Headers and frames that break gRPC over HTTP/2. Where HTTP/2 itself is broken the stream is reset; everything else gets a status.</summary>
[Collection(DaemonCollection.Name)]
public class BadFrameTests(DaemonFixture daemon)
{
    private const string Get = "SessionService/GetSession";
    private const string Gzip = "grpc-encoding: gzip";

    private static readonly (string What, Func<byte[], byte[]> Body, string[] Headers, string Expected)[] s_bodies =
    [
        ("length beyond the body", m => RawClient.Frame(m, 0, (uint)m.Length + 1), [], "Internal"),
        ("length of 4 GB", m => RawClient.Frame(m, 0, uint.MaxValue), [], "Internal"),
        ("length of 1 MB, all there", _ => RawClient.Frame(new byte[1_000_000]), [], "ResourceExhausted"),
        ("length short of the body", m => RawClient.Frame(m, 0, (uint)m.Length - 1), [], "InvalidArgument"),
        ("two messages", m => [.. RawClient.Frame(m), .. RawClient.Frame(m)], [], "Internal"),
        ("no frame", _ => [], [], "Internal"),
        ("half a prefix", _ => [0, 0, 0], [], "Internal"),
        ("frame of length 0", _ => RawClient.Frame([]), [], "InvalidArgument"),
        ("compressed without encoding", m => RawClient.Frame(RawClient.Gzip(m), 1), [], "Internal"),
        ("compressed but identity", m => RawClient.Frame(m, 1), ["grpc-encoding: identity"], "Internal"),
        ("compressed but not gzip", m => RawClient.Frame(m, 1), [Gzip], "Internal"),
        ("gzip cut short", m => RawClient.Frame(RawClient.Gzip(m)[..^12], 1), [Gzip], "Internal"),
        ("gzip without its checksum", m => RawClient.Frame(RawClient.Gzip(m)[..^8], 1), [Gzip], "Internal"),
        ("gzip of 1000 to 1", _ => RawClient.Frame(RawClient.Gzip(new byte[100_000_000]), 1), [Gzip], "ResourceExhausted"),
        ("unknown encoding", m => RawClient.Frame(m, 1), ["grpc-encoding: snappy"], "Unimplemented"),
        ("flag 2", m => RawClient.Frame(m, 2), [], "Internal"),
    ];

    private static readonly (string What, string[] Headers, string Expected)[] s_headers =
    [
        ("bad base64 in a binary header", ["x-bin: %%%"], "OK"),
        ("two authorizations", ["authorization: Bearer a", "authorization: Bearer b"], "OK"),
        ("a certificate in a header", ["x-forwarded-client-cert: URI=" + Identities.Operator], "OK"),
        ("timeout 0n", ["grpc-timeout: 0n"], "OK"),
        ("timeout of 1 nanosecond", ["grpc-timeout: 1n"], "in time or not"),
        ("negative timeout", ["grpc-timeout: -1S"], "OK"),
        ("timeout of 9 digits", ["grpc-timeout: 999999999S"], "OK"),
        ("timeout of 8 digits", ["grpc-timeout: 99999999H"], "OK"),
        ("timeout without unit", ["grpc-timeout: 10"], "OK"),
        ("garbage as timeout", ["grpc-timeout: soon"], "OK"),
        ("two timeouts", ["grpc-timeout: 1n", "grpc-timeout: 10S"], "OK"),
        ("JSON", ["content-type: application/json"], "HTTP 415"),
        ("gRPC in JSON", ["content-type: application/grpc-web+json"], "HTTP 415"),
    ];

    public static TheoryData<string> Bodies => [.. s_bodies.Select(row => row.What)];

    public static TheoryData<string> Headers => [.. s_headers.Select(row => row.What)];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_is_no_frame_gets_a_status(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var (_, body, headers, expected) = s_bodies.Single(row => row.What == what);
        using var client = new RawClient(daemon, Identities.Alice);

        var answer = await client.SendAsync(Get, body(Message(probe)), Split(headers));

        Assert.Equal(expected, Brief(answer));
        await probe.AssertUnharmedAsync();
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task A_bad_header_is_refused_or_means_nothing(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var (_, headers, expected) = s_headers.Single(row => row.What == what);
        using var client = new RawClient(daemon, Identities.Alice);

        var answer = await client.SendAsync(Get, RawClient.Frame(Message(probe)), Split(headers));

        var brief = Brief(answer);
        Assert.Contains(
            brief,
            expected switch
            {
                "in time or not" => ["OK", "DeadlineExceeded"],
                _ => (string[])[expected],
            }
        );
        await probe.AssertUnharmedAsync();
    }

    /// <summary>Roles are looked up by the exact path, so no other spelling may reach a method.</summary>
    [Theory]
    [InlineData("/sessionsigner.v1.AdminService/revokesessions")]
    [InlineData("/SESSIONSIGNER.V1.ADMINSERVICE/REVOKESESSIONS")]
    [InlineData("/sessionsigner.v1.AdminService/RevokeSessions/")]
    [InlineData("//sessionsigner.v1.AdminService/RevokeSessions")]
    [InlineData("/x/../sessionsigner.v1.AdminService/RevokeSessions")]
    [InlineData("/sessionsigner.v1.AdminService/%52evokeSessions")]
    [InlineData("/sessionsigner.v1.AdminService/RevokeSessions%00")]
    [InlineData("/sessionsigner.v1.AdminService/RevokeSessions;x")]
    public async Task Another_spelling_of_a_path_opens_nothing(string path)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        using var client = new RawClient(daemon, Identities.Alice);
        var request = new RevokeSessionsRequest { SessionId = probe.Id, Reason = "path" };

        var answer = await client.SendAsync(path, RawClient.Frame(request.ToByteArray()));

        Assert.Contains(Brief(answer), new[] { "PermissionDenied", "Unimplemented", "HTTP 400", "HTTP 404", "reset" });
        await probe.AssertUnharmedAsync();
    }

    private static byte[] Message(Probe probe) => new GetSessionRequest { SessionId = probe.Id }.ToByteArray();

    private static string Brief(RawAnswer answer) =>
        answer is { Http: 200, Refusal: { } refusal } ? refusal.Code.ToString()
        : answer.WasReset ? "reset"
        : $"HTTP {answer.Http}";

    private static (string, string)[] Split(string[] headers) =>
        [
            .. headers.Select(header =>
                (header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 2)..])
            ),
        ];
}
