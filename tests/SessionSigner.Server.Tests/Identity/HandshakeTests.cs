using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SessionSigner.Core.Tests;
using SessionSigner.V1;

namespace SessionSigner.Server.Tests;

/// <summary>Certificates that must not get as far as a call, over real TLS.</summary>
public class HandshakeTests
{
    public static TheoryData<string> BadCertificates =>
        [
            "none",
            "another authority",
            "self-signed",
            "expired",
            "not yet valid",
            "two URIs",
            "no URI",
            "subject only",
            "wildcard",
            "relative URI",
            "for servers",
            "without usage",
            "authority's own",
            "RSA-1024",
            "long URI",
        ];

    [Theory]
    [MemberData(nameof(BadCertificates))]
    public async Task A_bad_certificate_gets_no_answer(string name)
    {
        await using var server = await TestServer.StartAsync();
        var client = new GrantService.GrantServiceClient(server.Connect(Make(server, name)));

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.VerifyGrantAsync(new VerifyGrantRequest { GrantJson = "{}" })
        );

        Assert.Contains(exception.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });
    }

    [Fact]
    public async Task A_good_certificate_gets_an_answer_and_so_does_a_sound_RSA_one()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var bits in (int[])[0, 2048])
        {
            var certificate = server.Certificates.Issue(new CertificatePlan { RsaBits = bits, Dns = "bot.desk" });
            var client = new SessionService.SessionServiceClient(server.Connect(certificate));
            Assert.Empty((await client.ListSessionsAsync(new ListSessionsRequest())).Sessions);
        }
    }

    [Fact]
    public async Task An_identity_that_is_not_configured_has_no_role()
    {
        await using var server = await TestServer.StartAsync();
        var client = new SessionService.SessionServiceClient(server.Connect("spiffe://desk/stranger"));

        var exception = await Assert.ThrowsAsync<RpcException>(async () => await client.ListSessionsAsync(new ListSessionsRequest()));

        Assert.Equal(StatusCode.PermissionDenied, exception.StatusCode);
    }

    /// <summary>Pairs that differ in one thing. The daemon's log shows that the client presented the certificate, and that it was this daemon who refused it.</summary>
    [Theory]
    [InlineData("10,000 bytes more", null)]
    [InlineData("20,000 bytes more", "the certificate is too large")]
    [InlineData("an authority that may name desk", null)]
    [InlineData("an authority that may name other", "the chain does not hold")]
    public async Task A_certificate_gets_an_answer_or_none_for(string what, string? fault)
    {
        using var log = new CapturedLog();
        await using var server = await TestServer.StartAsync(new TestLimits { Level = LogLevel.Warning });
        server.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        var plan = what switch
        {
            "10,000 bytes more" => new ChainPlan { ExtraBytes = 10_000 },
            "20,000 bytes more" => new ChainPlan { ExtraBytes = 20_000 },
            "an authority that may name desk" => new ChainPlan { PermittedHost = "desk" },
            _ => new ChainPlan { PermittedHost = "other" },
        };
        using var chain = new CertificateChain(plan, server.Desk.Time.GetUtcNow());
        server.Trust(chain.Root);
        var client = new SessionService.SessionServiceClient(server.Connect(chain.Client, chain: [chain.Intermediate]));
        if (fault is null)
        {
            Assert.Empty((await client.ListSessionsAsync(new ListSessionsRequest())).Sessions);
            return;
        }

        var exception = await Assert.ThrowsAsync<RpcException>(async () => await client.ListSessionsAsync(new ListSessionsRequest()));

        Assert.Contains(exception.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });
        Assert.Contains(log.Lines, line => line.Contains($"refused: {fault}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3, 2, 1)]
    [InlineData(1, 3, 2)]
    [InlineData(2, 1, 3)]
    public void What_a_certificate_proves_ends_with_the_first_of_its_chain(int leafDays, int intermediateDays, int rootDays)
    {
        var now = new SteppedTime().GetUtcNow();
        var plan = new ChainPlan
        {
            LeafDays = leafDays,
            IntermediateDays = intermediateDays,
            RootDays = rootDays,
        };
        using var chain = new CertificateChain(plan, now);
        var trust = new ClientTrust(1, [chain.Root], System.Collections.Frozen.FrozenSet<string>.Empty);

        var result = ClientCertificateCheck.Check(chain.Client, [chain.Intermediate], trust, now);

        Assert.Equal(TestServer.Trader, result.Identity);
        Assert.Equal(now.AddDays(1), result.NotAfter);
    }

    private static X509Certificate2? Make(TestServer server, string name)
    {
        var issue = server.Certificates.Issue;
        return name switch
        {
            "none" => null,
            "another authority" => new ClientCertificates(server.Desk.Time).Issue(new CertificatePlan()),
            "self-signed" => issue(new CertificatePlan { IsSelfSigned = true }),
            "expired" => issue(new CertificatePlan { From = TimeSpan.FromDays(-2), Until = TimeSpan.FromSeconds(-1) }),
            "not yet valid" => issue(new CertificatePlan { From = TimeSpan.FromMinutes(1) }),
            "two URIs" => issue(new CertificatePlan { Uris = [TestServer.Trader, TestServer.Auditor] }),
            "no URI" => issue(new CertificatePlan { Uris = [], Dns = "desk" }),
            "subject only" => issue(
                new CertificatePlan { Uris = [], Subject = "CN=" + TestServer.Trader.Replace(":", "", StringComparison.Ordinal) }
            ),
            "wildcard" => issue(new CertificatePlan { Uris = ["spiffe://desk/*"] }),
            "relative URI" => issue(new CertificatePlan { Uris = ["desk/trader"] }),
            "for servers" => issue(new CertificatePlan { Usage = "1.3.6.1.5.5.7.3.1" }),
            "without usage" => issue(new CertificatePlan { Usage = null }),
            "authority's own" => issue(new CertificatePlan { IsAuthority = true }),
            "RSA-1024" => issue(new CertificatePlan { RsaBits = 1024 }),
            "long URI" => issue(new CertificatePlan { Uris = ["spiffe://desk/" + new string('a', 300)] }),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }
}
