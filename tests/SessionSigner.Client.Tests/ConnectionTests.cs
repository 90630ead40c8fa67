using System.Diagnostics;
using Grpc.Core;

namespace SessionSigner.Client.Tests;

public sealed class ConnectionTests : IAsyncLifetime
{
    private static readonly OpenSessionOptions s_desk = new() { Policy = "desk" };
    private readonly FakeDaemon _daemon = new();

    public Task InitializeAsync() => _daemon.InitializeAsync();

    public Task DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Retries_while_unavailable_with_the_same_request_identifier()
    {
        _daemon.Behaviour.Failure = new RpcException(new Status(StatusCode.Unavailable, "starting"));
        _daemon.Behaviour.FailuresLeft = 2;
        using var client = SessionSignerClient.Connect(_daemon.Options);
        await client.OpenSessionAsync(s_desk);

        Assert.Equal(3, _daemon.Behaviour.RequestIds.Count);
        Assert.Single(_daemon.Behaviour.RequestIds.Distinct());
    }

    [Fact]
    public async Task Gives_up_after_the_last_attempt()
    {
        _daemon.Behaviour.Failure = new RpcException(new Status(StatusCode.Unavailable, "down"));
        using var client = SessionSignerClient.Connect(_daemon.Options with { AttemptsMax = 3 });
        await Assert.ThrowsAsync<SignerUnavailableException>(() => client.OpenSessionAsync(s_desk));
        Assert.Equal(3, _daemon.Behaviour.RequestIds.Count);
    }

    [Fact]
    public async Task Gives_up_within_the_deadline()
    {
        _daemon.Behaviour.Failure = new RpcException(new Status(StatusCode.Unavailable, "down"));
        using var client = SessionSignerClient.Connect(
            _daemon.Options with
            {
                AttemptsMax = 10,
                Deadline = TimeSpan.FromMilliseconds(700),
            }
        );
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<SignerUnavailableException>(() => client.OpenSessionAsync(s_desk));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"It took {watch.Elapsed}.");
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.Internal)]
    public async Task Does_not_retry_anything_else(StatusCode status)
    {
        _daemon.Behaviour.Failure = new RpcException(new Status(status, "no"));
        using var client = SessionSignerClient.Connect(_daemon.Options);
        await Assert.ThrowsAnyAsync<SessionSignerException>(() => client.OpenSessionAsync(s_desk));
        Assert.Single(_daemon.Behaviour.RequestIds);
    }

    [Fact]
    public async Task A_daemon_that_is_not_there_is_unavailable()
    {
        using var client = SessionSignerClient.Connect(_daemon.Options with { Address = new Uri("https://localhost:1") });
        await Assert.ThrowsAsync<SignerUnavailableException>(() => client.CheckHealthAsync());
    }

    [Fact]
    public async Task A_daemon_of_another_authority_is_not_trusted()
    {
        using var others = new TestCertificates();
        using var client = SessionSignerClient.Connect(_daemon.Options with { CaFile = others.CaFile });
        await Assert.ThrowsAsync<SignerTrustException>(() => client.CheckHealthAsync());
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_not_trusted()
    {
        var address = new UriBuilder(_daemon.Address) { Host = "127.0.0.1" }.Uri;
        using var client = SessionSignerClient.Connect(_daemon.Options with { Address = address });
        await Assert.ThrowsAsync<SignerTrustException>(() => client.CheckHealthAsync());
    }

    [Fact]
    public async Task A_client_certificate_of_another_authority_is_not_let_in()
    {
        using var others = new TestCertificates();
        var options = _daemon.Options with { CertificateFile = others.CertificateFile, KeyFile = others.KeyFile, AttemptsMax = 1 };
        using var client = SessionSignerClient.Connect(options);
        await Assert.ThrowsAnyAsync<SessionSignerException>(() => client.CheckHealthAsync());
    }

    [Fact]
    public async Task Cancellation_is_not_an_error_of_the_daemon()
    {
        using var client = SessionSignerClient.Connect(_daemon.Options);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.OpenSessionAsync(s_desk, cancelled.Token));
    }

    [Fact]
    public async Task The_audit_log_is_read_in_order_over_several_pages()
    {
        using var client = SessionSignerClient.Connect(_daemon.Options);
        var indexes = new List<ulong>();
        await foreach (var entry in client.ReadEntriesAsync(0, 4))
        {
            indexes.Add(entry.Index);
        }

        Assert.Equal([0UL, 1UL, 2UL, 3UL], indexes);
        await Assert.ThrowsAsync<SignerVerificationException>(async () =>
        {
            await foreach (var _ in client.ReadEntriesAsync(0, 5)) { }
        });
    }

    [Theory]
    [InlineData("http://localhost:1")]
    [InlineData("https://localhost:1/path")]
    [InlineData("https://user@localhost:1")]
    public void Only_https_with_host_and_port_is_an_address(string address) =>
        Refuses(_daemon.Options with { Address = new Uri(address) }, "address");

    [Fact]
    public void Files_that_cannot_be_used_are_named()
    {
        var options = _daemon.Options;
        Refuses(options with { CaFile = "/nowhere/ca.pem" }, "ca");
        Refuses(options with { CertificateFile = "/nowhere/client.pem" }, "certificate");
        Refuses(options with { KeyFile = "/nowhere/client.key" }, "key");
        Refuses(options with { CaFile = _daemon.Certificates.Write("empty.pem", "") }, "ca");
        Refuses(options with { KeyFile = options.CertificateFile }, "key");
        using var others = new TestCertificates();
        Refuses(options with { KeyFile = others.KeyFile }, "key");
    }

    [Fact]
    public void A_key_that_everybody_may_read_is_refused()
    {
        File.SetUnixFileMode(_daemon.Certificates.KeyFile, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Refuses(_daemon.Options, "key");
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("a", true)]
    [InlineData("order:17_a-b.C", true)]
    [InlineData("order 17", false)]
    [InlineData("é", false)]
    public void Request_identifiers_are_checked(string text, bool valid) => Assert.Equal(valid, RequestId.IsValid(text));

    [Fact]
    public void Request_identifiers_are_bounded_and_random()
    {
        Assert.True(RequestId.IsValid(new string('a', 64)));
        Assert.False(RequestId.IsValid(new string('a', 65)));
        Assert.True(RequestId.IsValid(RequestId.Create()));
        Assert.NotEqual(RequestId.Create(), RequestId.Create());
    }

    private static void Refuses(ClientOptions options, string field)
    {
        var refusal = Assert.Throws<SignerConfigurationException>(() => SessionSignerClient.Connect(options));
        Assert.Equal(field, refusal.Field);
    }
}
