using Grpc.AspNetCore.Server.Model;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using SessionSigner.Core;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>Puts the gRPC services onto Kestrel. Takes nothing from the environment or from files other than the configuration given.</summary>
internal static class DaemonApplication
{
    /// <summary>Largest answer, in bytes.</summary>
    public const int ResponseSizeMax = 16 * 1024 * 1024;

    /// <summary>Builds the application; nothing listens yet.</summary>
    public static WebApplication Build(
        DaemonOptions options,
        DaemonPorts ports,
        SessionRegistry sessions,
        PolicyStore policies,
        SigningPipeline signing,
        TlsMaterial tls,
        TimeProvider clock
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "sessionsignerd" });
        AddLogging(builder.Logging, options.Log);
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(options.Listen);
        services.AddSingleton(options.Limits);
        services.AddSingleton(ports.Authority);
        services.AddSingleton(ports.Vault);
        services.AddSingleton(ports.Journal);
        services.AddSingleton(sessions);
        services.AddSingleton(policies);
        services.AddSingleton(signing);
        services.AddSingleton(new ReservationReleaser(sessions, ports.Journal));
        services.AddSingleton(tls);
        services.AddSingleton(clock);
        services.AddSingleton<TlsListener>();
        services.AddSingleton<ConnectionGuard>();
        services.AddSingleton<FrameGuard>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Limits.Deadline + TimeSpan.FromSeconds(5));
        services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        AddGrpc(services);
        AddHealth(services);
        builder.WebHost.UseKestrelCore();
        services.AddRoutingCore();
        services
            .AddOptions<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>()
            .Configure<TlsListener, ConnectionGuard, FrameGuard>(
                (kestrel, listener, guard, frames) => KestrelSetup.Apply(kestrel, options.Listen, listener, guard, frames)
            );

        var app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<CallCap>();
        app.UseMiddleware<FramingErrors>();
        app.UseMiddleware<DeadlineCap>();
        Map(app);
        return app;
    }

    /// <summary>Sets up logging to the console.</summary>
    internal static void AddLogging(ILoggingBuilder logging, LogSection options)
    {
        logging.SetMinimumLevel(options.Level);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // What the host says when it cannot start is an exception that the daemon reports itself, in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // Token and journal log their failures themselves, once; health is asked for every two seconds.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
        logging.AddFilter("Grpc", LogLevel.Warning);
        logging.AddConsoleFormatter<SafeConsoleFormatter, ConsoleFormatterOptions>();
        logging.AddJsonConsole(json => json.UseUtcTimestamp = true);
        logging.AddConsole(console =>
            console.FormatterName = options.Json ? ConsoleFormatterNames.Json : SafeConsoleFormatter.FormatterName
        );
    }

    /// <summary>Sets up gRPC: limits, compression, interceptors.</summary>
    internal static void AddGrpc(IServiceCollection services)
    {
        services.AddSingleton<ErrorInterceptor>();
        services.AddSingleton<AuthorizationInterceptor>();
        services
            .AddGrpc(grpc =>
            {
                grpc.EnableDetailedErrors = false;
                grpc.MaxReceiveMessageSize = KestrelSetup.MessageSizeMax;
                grpc.MaxSendMessageSize = ResponseSizeMax;
                grpc.CompressionProviders.Clear();
                grpc.CompressionProviders.Add(new BoundedGzip(KestrelSetup.MessageSizeMax));
                // In this order: errors outermost, then who.
                grpc.Interceptors.Add<ErrorInterceptor>();
                grpc.Interceptors.Add<AuthorizationInterceptor>();
            })
            // Answers of these are long and repeat themselves; signing answers are neither.
            .AddServiceOptions<AuditApi>(audit => audit.ResponseCompressionAlgorithm = "gzip")
            .AddServiceOptions<CustodyApi>(custody => custody.ResponseCompressionAlgorithm = "gzip");
        services.AddGrpcReflection();
        services.RemoveAll(typeof(IServiceMethodProvider<>));
        services.AddSingleton(typeof(IServiceMethodProvider<>), typeof(StrictMethods<>));
    }

    private static void AddHealth(IServiceCollection services)
    {
        services
            .AddGrpcHealthChecks(health =>
            {
                health.Services.Map("", _ => true);
                foreach (var name in ServiceNames.All)
                {
                    // Opening a session takes the token as well; all else goes on without it.
                    health.Services.Map(name, check => check.Name == JournalHealthCheck.Name || name == SessionService.Descriptor.FullName);
                }
            })
            .AddCheck<TokenHealthCheck>(TokenHealthCheck.Name)
            .AddCheck<JournalHealthCheck>(JournalHealthCheck.Name);
        services.Configure<HealthCheckPublisherOptions>(publisher =>
        {
            publisher.Delay = TimeSpan.Zero;
            publisher.Period = TimeSpan.FromSeconds(2);
        });
    }

    private static void Map(WebApplication app)
    {
        app.MapGrpcService<SessionApi>();
        app.MapGrpcService<SigningApi>();
        app.MapGrpcService<OrderApi>();
        app.MapGrpcService<GrantApi>();
        app.MapGrpcService<AuditApi>();
        app.MapGrpcService<CustodyApi>();
        app.MapGrpcService<AdminApi>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
    }
}
