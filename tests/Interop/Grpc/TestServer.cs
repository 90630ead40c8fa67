using System.Net;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SessionSigner.Server;

namespace Interop;

/// <summary>
/// Hosts <see cref="TestService"/> on a free port of this machine with the daemon's own hosting: its Kestrel limits, TLS, connection guard,
/// deadline cap, compression and interceptors. Two things differ: the interop cases need larger messages than a signing request, and
/// nobody has a role in the interop service, so authorisation is left out.
/// </summary>
public sealed class TestServer : IAsyncLifetime
{
    public const string ClientName = "client";

    private const int MessageSizeMax = 512 * 1024;

    private readonly string _folder = Directory.CreateTempSubdirectory("sessionsigner-interop-").FullName;
    private WebApplication? _host;
    private TlsMaterial? _tls;

    public TestCertificates Certificates { get; private set; } = null!;

    /// <summary>"localhost:port".</summary>
    public string Target { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Certificates = new TestCertificates(_folder);
        Certificates.IssueClient(ClientName, "spiffe://interop.example/trader/foreign");
        var listen = new ListenSection([new IPEndPoint(IPAddress.Loopback, 0)], 100, 100, 100, 100, TimeSpan.FromHours(1));
        var files = new TlsSection(
            Certificates.CertificateFile("server"),
            Certificates.KeyFile("server"),
            Certificates.AuthorityFile,
            null,
            TimeSpan.FromMinutes(5)
        );
        _tls = TlsMaterial.Open(files, TimeProvider.System, NullLogger.Instance);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(listen);
        builder.Services.AddSingleton(new LimitsSection(1, 1, TimeSpan.FromSeconds(10), 1));
        builder.Services.AddSingleton(_tls);
        builder.Services.AddSingleton<TlsListener>();
        builder.Services.AddSingleton<ConnectionGuard>();
        DaemonApplication.AddGrpc(builder.Services);
        builder.Services.Configure<GrpcServiceOptions>(Widen);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder
            .Services.AddOptions<KestrelServerOptions>()
            .Configure<TlsListener, ConnectionGuard>(
                (kestrel, listener, guard) =>
                {
                    KestrelSetup.Apply(kestrel, listen, listener, guard);
                    kestrel.Limits.MaxRequestBodySize = 2 * MessageSizeMax;
                }
            );
        _host = builder.Build();
        _host.UseRouting();
        _host.UseMiddleware<DeadlineCap>();
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
        _tls?.Dispose();
        Certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Widen(GrpcServiceOptions grpc)
    {
        grpc.MaxReceiveMessageSize = MessageSizeMax;
        grpc.CompressionProviders.Clear();
        grpc.CompressionProviders.Add(new BoundedGzip(MessageSizeMax));
        Assert.True(
            grpc.Interceptors.Remove(grpc.Interceptors.Single(interceptor => interceptor.Type == typeof(AuthorizationInterceptor)))
        );
    }
}
