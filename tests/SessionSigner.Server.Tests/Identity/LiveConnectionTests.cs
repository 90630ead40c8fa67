using Grpc.Core;
using SessionSigner.V1;

namespace SessionSigner.Server.Tests;

/// <summary>A certificate that stops being good while its connection is open.</summary>
public class LiveConnectionTests
{
    [Fact]
    public async Task A_refused_fingerprint_is_cut_off_on_its_open_connection_and_can_not_come_back()
    {
        await using var server = await TestServer.StartAsync();
        var certificate = server.Certificates.Issue(new CertificatePlan());
        var client = new SessionService.SessionServiceClient(server.Connect(certificate));
        await client.ListSessionsAsync(new ListSessionsRequest());

        server.Refuse(certificate);

        var cut = await Assert.ThrowsAsync<RpcException>(async () => await client.ListSessionsAsync(new ListSessionsRequest()));
        Assert.Contains(cut.StatusCode, new[] { StatusCode.Unauthenticated, StatusCode.Unavailable, StatusCode.Internal });
        var again = new SessionService.SessionServiceClient(server.Connect(certificate));
        await Assert.ThrowsAsync<RpcException>(async () => await again.ListSessionsAsync(new ListSessionsRequest()));
        var another = new SessionService.SessionServiceClient(server.Connect(TestServer.Trader));
        await another.ListSessionsAsync(new ListSessionsRequest());
    }

    [Fact]
    public async Task A_refused_certificate_does_not_come_back_with_the_other_form_of_its_signature()
    {
        await using var server = await TestServer.StartAsync();
        var certificate = server.Certificates.Issue(new CertificatePlan());
        var other = ClientCertificates.WithOtherSignature(certificate);
        await new SessionService.SessionServiceClient(server.Connect(other)).ListSessionsAsync(new ListSessionsRequest());

        server.Refuse(certificate);

        var again = new SessionService.SessionServiceClient(server.Connect(other));
        await Assert.ThrowsAsync<RpcException>(async () => await again.ListSessionsAsync(new ListSessionsRequest()));
    }

    [Fact]
    public async Task An_open_stream_ends_within_seconds_of_the_refusal()
    {
        await using var server = await TestServer.StartAsync();
        var certificate = server.Certificates.Issue(new CertificatePlan { Uris = [TestServer.Auditor] });
        var client = new AuditService.AuditServiceClient(server.Connect(certificate));
        using var tail = client.TailEntries(new TailEntriesRequest());
        await server.Desk.OpenAsync();
        Assert.True(await tail.ResponseStream.MoveNext(CancellationToken.None));
        Assert.NotEmpty(tail.ResponseStream.Current.Entries);
        var next = tail.ResponseStream.MoveNext(CancellationToken.None);
        await Task.Delay(1_500);
        Assert.False(next.IsCompleted);

        server.Refuse(certificate);

        await Assert.ThrowsAsync<RpcException>(async () => await next.WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_certificate_that_expires_ends_its_connection()
    {
        await using var server = await TestServer.StartAsync();
        var client = new SessionService.SessionServiceClient(server.Connect(TestServer.Trader));
        await client.ListSessionsAsync(new ListSessionsRequest());

        server.Desk.Time.JumpWall(TimeSpan.FromDays(2));

        await Assert.ThrowsAsync<RpcException>(async () => await client.ListSessionsAsync(new ListSessionsRequest()));
    }

    [Fact]
    public async Task An_authority_that_expires_ends_the_connections_of_its_certificates()
    {
        await using var server = await TestServer.StartAsync();
        var certificate = server.Certificates.Issue(new CertificatePlan { Until = TimeSpan.FromDays(800) });
        var client = new SessionService.SessionServiceClient(server.Connect(certificate));
        await client.ListSessionsAsync(new ListSessionsRequest());

        server.Desk.Time.JumpWall(TimeSpan.FromDays(400));

        await Assert.ThrowsAsync<RpcException>(async () => await client.ListSessionsAsync(new ListSessionsRequest()));
    }

    [Fact]
    public async Task Another_authority_takes_over_without_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        var successor = new ClientCertificates(server.Desk.Time);
        var old = new SessionService.SessionServiceClient(server.Connect(TestServer.Trader));
        await old.ListSessionsAsync(new ListSessionsRequest());

        server.Trust(successor.Root);

        var client = new SessionService.SessionServiceClient(server.Connect(successor.Issue(new CertificatePlan())));
        await client.ListSessionsAsync(new ListSessionsRequest());
        await Assert.ThrowsAsync<RpcException>(async () => await old.ListSessionsAsync(new ListSessionsRequest()));
    }

    [Fact]
    public async Task A_renewed_server_certificate_is_shown_without_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        var before = server.ServerThumbprint;

        server.RenewServerCertificate();

        Assert.NotEqual(before, server.ServerThumbprint);
        await new SessionService.SessionServiceClient(server.Connect(TestServer.Trader)).ListSessionsAsync(new ListSessionsRequest());
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_keeps_the_one_before()
    {
        await using var server = await TestServer.StartAsync();
        var certificate = server.Certificates.Issue(new CertificatePlan());
        server.Refuse(certificate);

        server.WriteRefused("not a fingerprint\n");

        var client = new SessionService.SessionServiceClient(server.Connect(certificate));
        await Assert.ThrowsAsync<RpcException>(async () => await client.ListSessionsAsync(new ListSessionsRequest()));
    }
}
