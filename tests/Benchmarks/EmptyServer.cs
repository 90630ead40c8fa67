using System.Net;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using SessionSigner.Server;
using SessionSigner.V1;

namespace Benchmarks;

/// <summary>The daemon's own hosting (Kestrel, mutual TLS, limits, deadline, interceptors but for roles) around a handler that does nothing.</summary>
internal static class EmptyServer
{
    public static async Task RunAsync(string folder)
    {
        var tlsFolder = Path.Combine(folder, "tls");
        var listen = new ListenSection([new IPEndPoint(IPAddress.Loopback, 0)], 100, 100, 100, 100, TimeSpan.FromHours(1));
        var files = new TlsSection(
            Path.Combine(tlsFolder, "server.pem"),
            Path.Combine(tlsFolder, "server.key"),
            Path.Combine(tlsFolder, "authority.pem"),
            null,
            TimeSpan.FromMinutes(5)
        );
        using var tls = TlsMaterial.Open(files, TimeProvider.System, NullLogger.Instance);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(listen);
        builder.Services.AddSingleton(new LimitsSection(1, 1, TimeSpan.FromSeconds(10), 1));
        builder.Services.AddSingleton(tls);
        builder.Services.AddSingleton<TlsListener>();
        builder.Services.AddSingleton<ConnectionGuard>();
        DaemonApplication.AddGrpc(builder.Services);
        builder.Services.Configure<GrpcServiceOptions>(grpc =>
            grpc.Interceptors.Remove(grpc.Interceptors.Single(interceptor => interceptor.Type == typeof(AuthorizationInterceptor)))
        );
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder
            .Services.AddOptions<KestrelServerOptions>()
            .Configure<TlsListener, ConnectionGuard>((kestrel, listener, guard) => KestrelSetup.Apply(kestrel, listen, listener, guard));
        await using var app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<DeadlineCap>();
        app.MapGrpcService<EmptySigning>();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Console.WriteLine($"localhost:{new Uri(address).Port}");
        await app.WaitForShutdownAsync();
    }

    internal sealed class EmptySigning : SigningService.SigningServiceBase
    {
        private static readonly SignTransactionResponse Answer = new()
        {
            Signature = ByteString.CopyFrom(new byte[65]),
            SignedTransaction = ByteString.CopyFrom(new byte[180]),
            TransactionHash = ByteString.CopyFrom(new byte[32]),
        };

        public override Task<SignTransactionResponse> SignTransaction(SignTransactionRequest request, ServerCallContext context) =>
            Task.FromResult(Answer);
    }
}
