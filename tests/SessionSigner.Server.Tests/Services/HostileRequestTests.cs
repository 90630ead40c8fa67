using System.Diagnostics;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using SessionSigner.V1;

namespace SessionSigner.Server.Tests;

/// <summary>Requests that no honest client sends.</summary>
public class HostileRequestTests
{
    private static readonly Marshaller<byte[]> s_bytes = Marshallers.Create(bytes => bytes, bytes => bytes);

    public static TheoryData<string, string> UnknownFields =>
        new()
        {
            { "SessionService/OpenSession", "7801" }, // field 15, varint
            { "SessionService/OpenSession", "2a02080a" + "c00c01" }, // field 200 after a known one
            { "SigningService/SignTransaction", "0801" }, // session_id as a varint
            { "SigningService/SignTypedData", "a2060161" }, // field 100
            { "SigningService/Evaluate", "7801" },
            { "SessionService/WatchSession", "7801" },
        };

    [Theory]
    [MemberData(nameof(UnknownFields))]
    public async Task A_field_that_is_not_known_is_refused(string method, string hex)
    {
        await using var server = await TestServer.StartAsync();

        var exception = await CallAsync(server, method, Convert.FromHexString(hex));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Empty(server.Desk.Journal.Entries);
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("0a05ff")]
    [InlineData("0a02fffe")] // not UTF-8
    public async Task Bytes_that_are_no_message_are_an_error_and_the_server_lives(string hex)
    {
        await using var server = await TestServer.StartAsync();

        var exception = await CallAsync(server, "SigningService/SignTransaction", Convert.FromHexString(hex));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Equal("INVALID_REQUEST", exception.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason);
        await AssertLivesAsync(server);
    }

    [Theory]
    [InlineData(150_000)]
    [InlineData(5_000_000)]
    public async Task A_message_that_is_too_large_is_refused(int size)
    {
        await using var server = await TestServer.StartAsync();
        var request = new SignTypedDataRequest { TypedDataJson = new string('x', size) };

        var exception = await CallAsync(server, "SigningService/SignTypedData", request.ToByteArray());

        Assert.Equal(StatusCode.ResourceExhausted, exception.StatusCode);
        await AssertLivesAsync(server);
    }

    [Fact]
    public async Task The_largest_payload_gets_through()
    {
        await using var server = await TestServer.StartAsync();
        var request = new VerifyGrantRequest { GrantJson = new string(' ', 131_072), Audience = "exchange" };

        var answer = await new GrantService.GrantServiceClient(server.Connect(TestServer.Trader)).VerifyGrantAsync(request);

        Assert.False(answer.Valid);
    }

    [Fact]
    public async Task A_small_message_that_inflates_beyond_the_limit_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        var bomb = new SignTypedDataRequest { TypedDataJson = new string('x', 64_000_000) }.ToByteArray();

        var exception = await CallAsync(
            server,
            "SigningService/SignTypedData",
            bomb,
            new Metadata { { "grpc-internal-encoding-request", "gzip" } }
        );

        Assert.Equal(StatusCode.ResourceExhausted, exception.StatusCode);
        await AssertLivesAsync(server);
    }

    [Fact]
    public async Task An_honest_compressed_message_gets_through()
    {
        await using var server = await TestServer.StartAsync();
        var client = new SessionService.SessionServiceClient(server.Connect(TestServer.Trader));

        var list = await client.ListSessionsAsync(
            new ListSessionsRequest { PageSize = 5 },
            new Metadata { { "grpc-internal-encoding-request", "gzip" } }
        );

        Assert.Empty(list.Sessions);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0n")] // the gRPC stack takes zero for no deadline
    [InlineData("0S")]
    [InlineData("1n")] // and rounds this to zero
    [InlineData("99999999H")]
    [InlineData("999999999S")]
    [InlineData("-1S")]
    [InlineData("soon")]
    public async Task No_timeout_outlasts_the_daemons(string? timeout)
    {
        await using var server = await TestServer.StartAsync(new TestLimits { Deadline = TimeSpan.FromMilliseconds(500) });
        server.Desk.Authority.BeforeSigning = token => Task.Delay(Timeout.Infinite, token);
        var certificate = server.Certificates.Issue(new CertificatePlan { Uris = [TestServer.Trader] });
        var client = new SessionService.SessionServiceClient(server.Connect(certificate, handler => new WithTimeout(handler, timeout)));
        var started = Stopwatch.StartNew();

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await client
                .OpenSessionAsync(new OpenSessionRequest { Policy = "pay", RequestId = "o1" })
                .ResponseAsync.WaitAsync(TimeSpan.FromSeconds(20))
        );

        Assert.Equal(StatusCode.DeadlineExceeded, exception.StatusCode);
        Assert.InRange(started.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        await Core.Tests.Desk.EventuallyAsync(() => server.Desk.Vault.InUse == 0);
    }

    [Theory]
    [InlineData("10S", true, 10)]
    [InlineData("99999999H", true, 359_999_996_400)]
    [InlineData("1m", true, 0.001)]
    [InlineData("5n", true, 0.0000001)]
    [InlineData("0n", false, 0)]
    [InlineData("0S", false, 0)]
    [InlineData("00000000m", false, 0)]
    [InlineData("S", false, 0)]
    [InlineData("999999999S", false, 0)]
    [InlineData("-1S", false, 0)]
    [InlineData("+1S", false, 0)]
    [InlineData(" 1S", false, 0)]
    [InlineData("1s", false, 0)]
    [InlineData("", false, 0)]
    public void A_timeout_is_read_as_specified(string text, bool isTimeout, double seconds)
    {
        Assert.Equal(isTimeout, DeadlineCap.TryParse(text, out var timeout));
        Assert.Equal(seconds, timeout.TotalSeconds);
    }

    private static async Task<RpcException> CallAsync(TestServer server, string method, byte[] body, Metadata? headers = null)
    {
        var parts = method.Split('/');
        var invoker = server.Connect(TestServer.Trader).CreateCallInvoker();
        var rpc = new Method<byte[], byte[]>(MethodType.ServerStreaming, "sessionsigner.v1." + parts[0], parts[1], s_bytes, s_bytes);
        return await Assert.ThrowsAsync<RpcException>(async () =>
        {
            using var call = invoker.AsyncServerStreamingCall(rpc, null, new CallOptions(headers), body);
            await call.ResponseStream.MoveNext(CancellationToken.None);
        });
    }

    private static async Task AssertLivesAsync(TestServer server) =>
        await new SessionService.SessionServiceClient(server.Connect(TestServer.Trader)).ListSessionsAsync(new ListSessionsRequest());

    /// <summary>Sends a timeout that the gRPC client would not.</summary>
    private sealed class WithTimeout(HttpMessageHandler inner, string? timeout) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryAddWithoutValidation("grpc-timeout", timeout is null ? [] : [timeout]);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
