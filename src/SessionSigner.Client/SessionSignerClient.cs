using Grpc.Health.V1;
using Grpc.Net.Client;
using SessionSigner.V1;

namespace SessionSigner.Client;

/// <summary>
/// A connection to a daemon. It verifies what it receives: the grant of every session it opens or resumes, and every signature.
/// Thread safe; make one and keep it. Every method throws a <see cref="SessionSignerException"/> of the kind that says whose fault it is,
/// and <see cref="OperationCanceledException"/> only if its token was cancelled.
/// </summary>
public sealed partial class SessionSignerClient : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly SocketsHttpHandler _handler;
    private readonly RetryingCaller _caller;
    private readonly SessionService.SessionServiceClient _sessions;
    private readonly SigningService.SigningServiceClient _signing;
    private readonly GrantService.GrantServiceClient _grants;
    private readonly CustodyService.CustodyServiceClient _custody;
    private readonly AuditService.AuditServiceClient _audit;
    private readonly AdminService.AdminServiceClient _admin;
    private readonly OrderService.OrderServiceClient _orders;
    private readonly Health.HealthClient _health;

    private SessionSignerClient(ClientOptions options)
    {
        Options = options;
        (_channel, _handler) = ChannelFactory.Create(options);
        _caller = new RetryingCaller(options);
        _sessions = new(_channel);
        _signing = new(_channel);
        _grants = new(_channel);
        _custody = new(_channel);
        _audit = new(_channel);
        _admin = new(_channel);
        _orders = new(_channel);
        _health = new(_channel);
    }

    /// <summary>What the client was made with.</summary>
    public ClientOptions Options { get; }

    /// <summary>Reads the certificate files and prepares a connection; the first call makes it.</summary>
    /// <exception cref="SignerConfigurationException">An option or a file cannot be used.</exception>
    public static SessionSignerClient Connect(ClientOptions options) => new(options);

    /// <summary>Closes the connection. Sessions stay open in the daemon.</summary>
    public void Dispose()
    {
        _channel.Dispose();
        _handler.Dispose();
    }

    /// <summary>Asks whether a service is ready to serve.</summary>
    /// <param name="service">Full name such as "sessionsigner.v1.SigningService", or empty for the daemon as a whole.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<HealthCheckResponse.Types.ServingStatus> CheckHealthAsync(
        string service = "",
        CancellationToken cancellationToken = default
    )
    {
        var request = new HealthCheckRequest { Service = service };
        return (await _caller.CallAsync(o => _health.CheckAsync(request, o), cancellationToken)).Status;
    }
}
