using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
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

    [Fact]
    public void A_signature_with_SHA_1_is_refused()
    {
        var clock = new SteppedTime();
        using var rsa = RSA.Create(2048);
        var now = clock.GetUtcNow();
        var authority = new CertificateRequest("CN=old", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = authority.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var leaf = new CertificateRequest("CN=client", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        leaf.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(TestServer.Trader));
        leaf.CertificateExtensions.Add(names.Build());
        var trust = new ClientTrust(1, [root], System.Collections.Frozen.FrozenSet<string>.Empty);
        using var sound = leaf.Create(root, now.AddHours(-1), now.AddHours(1), [1]);
        using var weak = leaf.Create(root.SubjectName, new Sha1Signatures(rsa), now.AddHours(-1), now.AddHours(1), [2]);

        Assert.True(ClientCertificateCheck.Check(sound, [], trust, now).IsAccepted);
        Assert.False(ClientCertificateCheck.Check(weak, [], trust, now).IsAccepted);
    }

    [Theory]
    [InlineData("desk", true)]
    [InlineData("other", false)]
    public void An_authority_that_may_name_only_some_hosts_names_no_others(string permittedHost, bool accepted)
    {
        // SPEC: RFC 5280, 4.2.1.10: permittedSubtrees [0], a uniformResourceIdentifier [6].
        var host = System.Text.Encoding.ASCII.GetBytes(permittedHost);
        byte[] name = [0x86, (byte)host.Length, .. host];
        byte[] subtree = [0x30, (byte)name.Length, .. name];
        byte[] permitted = [0xA0, (byte)subtree.Length, .. subtree];
        var constraint = new X509Extension("2.5.29.30", [0x30, (byte)permitted.Length, .. permitted], critical: true);

        Assert.Equal(accepted, CheckLeaf(constraint, null).IsAccepted);
    }

    [Theory]
    [InlineData(10_000, true)]
    [InlineData(20_000, false)]
    public void A_certificate_has_a_size(int extraBytes, bool accepted)
    {
        byte[] text = [0x04, 0x82, (byte)(extraBytes >> 8), (byte)(extraBytes & 0xFF), .. new byte[extraBytes]];

        Assert.Equal(accepted, CheckLeaf(null, new X509Extension("1.2.3.4.5", text, critical: false)).IsAccepted);
    }

    [Theory]
    [InlineData(3, 2, 1)]
    [InlineData(1, 3, 2)]
    [InlineData(2, 1, 3)]
    public void What_a_certificate_proves_ends_with_the_first_of_its_chain(int leafDays, int intermediateDays, int rootDays)
    {
        var result = CheckLeaf(null, null, leafDays, intermediateDays, rootDays);

        Assert.Equal(TestServer.Trader, result.Identity);
        Assert.Equal(new SteppedTime().GetUtcNow().AddDays(1), result.NotAfter);
    }

    private static ClientCertificateResult CheckLeaf(
        X509Extension? inAuthority,
        X509Extension? inLeaf,
        int leafDays = 1,
        int intermediateDays = 1,
        int rootDays = 2
    )
    {
        var now = new SteppedTime().GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = authority.CreateSelfSigned(now.AddDays(-2), now.AddDays(rootDays));
        var between = new CertificateRequest("CN=between", key, HashAlgorithmName.SHA256);
        between.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        if (inAuthority is not null)
        {
            between.CertificateExtensions.Add(inAuthority);
        }
        using var intermediate = between.Create(
            root.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            now.AddDays(-1),
            now.AddDays(intermediateDays),
            [1]
        );
        var leaf = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256);
        leaf.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(TestServer.Trader));
        leaf.CertificateExtensions.Add(names.Build());
        if (inLeaf is not null)
        {
            leaf.CertificateExtensions.Add(inLeaf);
        }
        var generator = X509SignatureGenerator.CreateForECDsa(key);
        using var client = leaf.Create(intermediate.SubjectName, generator, now.AddHours(-1), now.AddDays(leafDays), [2]);
        var trust = new ClientTrust(1, [root], System.Collections.Frozen.FrozenSet<string>.Empty);
        return ClientCertificateCheck.Check(client, [intermediate], trust, now);
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

    // The library no longer makes such signatures by itself.
    private sealed class Sha1Signatures(RSA key) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            Convert.FromHexString("300d06092a864886f70d0101050500");

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
            key.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

        protected override PublicKey BuildPublicKey() => CreateForRSA(key, RSASignaturePadding.Pkcs1).PublicKey;
    }
}
