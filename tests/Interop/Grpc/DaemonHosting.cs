using System.Net;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using SessionSigner.Server;

namespace Interop;

/// <summary>
/// The daemon's own hosting around other services: its Kestrel limits, TLS, connection guard, deadline cap, compression and interceptors.
/// Only authorisation is left out, because nobody has a role in those services.
/// </summary>
internal sealed class DaemonHosting : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly TlsMaterial _tls;

    private DaemonHosting(WebApplication host, TlsMaterial tls) => (_host, _tls) = (host, tls);

    /// <summary>"localhost:port".</summary>
    public string Target =>
        $"localhost:{new Uri(_host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port}";

    /// <param name="certificate">The server's certificate file.</param>
    /// <param name="key">The server's key file.</param>
    /// <param name="authority">The authority that the server trusts.</param>
    /// <param name="configure">Changes to the gRPC options.</param>
    /// <param name="map">Maps the services.</param>
    /// <param name="requestBytesMax">Another limit of a request's body, or null.</param>
    public static async Task<DaemonHosting> StartAsync(
        string certificate,
        string key,
        string authority,
        Action<GrpcServiceOptions> configure,
        Action<WebApplication> map,
        long? requestBytesMax = null
    )
    {
        var listen = new ListenSection([new IPEndPoint(IPAddress.Loopback, 0)], 100, 100, 100, 100, TimeSpan.FromHours(1));
        var files = new TlsSection(certificate, key, authority, null, TimeSpan.FromMinutes(5));
        var tls = TlsMaterial.Open(files, TimeProvider.System, NullLogger.Instance);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(listen);
        builder.Services.AddSingleton(new LimitsSection(1, 1, TimeSpan.FromSeconds(10), 1));
        builder.Services.AddSingleton(tls);
        builder.Services.AddSingleton<TlsListener>();
        builder.Services.AddSingleton<ConnectionGuard>();
        builder.Services.AddSingleton<FrameGuard>();
        DaemonApplication.AddGrpc(builder.Services);
        builder.Services.Configure<GrpcServiceOptions>(grpc =>
        {
            grpc.Interceptors.Remove(grpc.Interceptors.Single(interceptor => interceptor.Type == typeof(AuthorizationInterceptor)));
            configure(grpc);
        });
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder
            .Services.AddOptions<KestrelServerOptions>()
            .Configure<TlsListener, ConnectionGuard, FrameGuard>(
                (kestrel, listener, guard, frames) =>
                {
                    KestrelSetup.Apply(kestrel, listen, listener, guard, frames);
                    kestrel.Limits.MaxRequestBodySize = requestBytesMax ?? kestrel.Limits.MaxRequestBodySize;
                }
            );
        var host = builder.Build();
        host.UseRouting();
        host.UseMiddleware<DeadlineCap>();
        map(host);
        await host.StartAsync();
        return new DaemonHosting(host, tls);
    }

    /// <summary>Waits until the process is told to end.</summary>
    public Task WaitAsync() => ((IHost)_host).WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _tls.Dispose();
    }
}
