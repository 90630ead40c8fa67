using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Interop;

/// <summary>Hosts <see cref="TestService"/> with mutual TLS on a free port of this machine, as the daemon hosts its own services.</summary>
public sealed class TestServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sessionsigner-interop-").FullName;
    private WebApplication? _host;

    public const string ClientName = "client";

    public TestCertificates Certificates { get; private set; } = null!;

    /// <summary>"localhost:port".</summary>
    public string Target { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Certificates = new TestCertificates(_folder);
        Certificates.IssueClient(ClientName, "spiffe://interop.example/trader/foreign");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddGrpcReflection();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, Listen));
        _host = builder.Build();
        _host.MapGrpcService<TestService>();
        _host.MapGrpcReflectionService();
        await _host.StartAsync();
        var address = _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Target = $"localhost:{new Uri(address).Port}";
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
        Certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Listen(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        listen.UseHttps(https =>
        {
#pragma warning disable CA5398 // TLS 1.3 only, as the daemon
            https.SslProtocols = SslProtocols.Tls13;
#pragma warning restore CA5398
            https.ServerCertificate = X509Certificate2.CreateFromPemFile(
                Certificates.CertificateFile("server"),
                Certificates.KeyFile("server")
            );
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, _, _) =>
            {
                using var chain = new X509Chain();
                chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(Certificates.AuthorityFile));
                return chain.Build(certificate);
            };
        });
    }
}
