using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace SessionSigner.Client.Tests;

/// <summary>A daemon in this process: real TLS, real gRPC, real keys, no token, journal or scope engine.</summary>
public sealed class FakeDaemon : IAsyncLifetime
{
    private WebApplication? _host;

    public TestCertificates Certificates { get; } = new();

    public FakeBehaviour Behaviour { get; } = new();

    public Uri Address { get; private set; } = new("https://localhost:1");

    public ClientOptions Options =>
        new()
        {
            Address = Address,
            CertificateFile = Certificates.CertificateFile,
            KeyFile = Certificates.KeyFile,
            CaFile = Certificates.CaFile,
            TimeProvider = new FakeKeys.Clock(),
        };

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                System.Net.IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = Certificates.Server;
                        https.SslProtocols = SslProtocols.Tls13;
                        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                        https.ClientCertificateValidation = (certificate, _, _) => IsTrusted(certificate);
                    });
                }
            )
        );
        builder.Services.AddGrpc();
        builder
            .Services.AddGrpcHealthChecks()
            .AddCheck("fake", () => Behaviour.Healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        builder.Services.AddSingleton(Behaviour);
        _host = builder.Build();
        _host.MapGrpcService<FakeSessionService>();
        _host.MapGrpcService<FakeSigningService>();
        _host.MapGrpcService<FakeGrantService>();
        _host.MapGrpcService<FakeAuditService>();
        _host.MapGrpcService<FakeCustodyService>();
        _host.MapGrpcService<FakeAdminService>();
        _host.MapGrpcService<FakeOrderService>();
        _host.MapGrpcHealthChecksService();
        await _host.StartAsync();
        Address = new Uri($"https://localhost:{new Uri(_host.Urls.First()).Port}");
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        Certificates.Dispose();
    }

    private bool IsTrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Certificates.Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
