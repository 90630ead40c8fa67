using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Connections.Features;
using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>
/// Lets a call pass only if the connection's certificate is still accepted, its identity is in the configuration, and the method's row of
/// <see cref="MethodRoles"/> names one of its roles.
/// </summary>
internal sealed partial class AuthorizationInterceptor(DaemonOptions options, ILogger<AuthorizationInterceptor> logger) : Interceptor
{
    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        Authorize(context);
        return continuation(request, context);
    }

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        Authorize(context);
        return continuation(request, responseStream, context);
    }

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        Authorize(context);
        return continuation(requestStream, context);
    }

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        Authorize(context);
        return continuation(requestStream, responseStream, context);
    }

    private void Authorize(ServerCallContext context)
    {
        var features = context.GetHttpContext().Features;
        var connection = features.Get<ClientConnection>();
        if (connection is null || !connection.IsStillProved())
        {
            features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
            LogUnproved(connection?.Identity ?? "", context.Method);
            throw new RpcException(new Status(StatusCode.Unauthenticated, "The client certificate is not accepted, or no longer."));
        }
        if (!options.Identities.TryGetValue(connection.Identity, out var roles) || !MethodRoles.Allows(context.Method, roles))
        {
            LogRoleMissing(connection.Identity, context.Method);
            throw new SignerException(
                ErrorCode.RoleMissing,
                $"{connection.Identity} has no role that allows this call: it needs {MethodRoles.Describe(context.Method)}, "
                    + $"and the configuration gives it {MethodRoles.Describe(roles, " and ")}."
            );
        }
        new Caller(new Principal(connection.Identity), roles).Attach(context);
    }

    [LoggerMessage(EventId = 1300, Level = LogLevel.Warning, Message = "{Identity} may not call {Method}: no role allows it")]
    private partial void LogRoleMissing(string identity, string method);

    [LoggerMessage(
        EventId = 1301,
        Level = LogLevel.Warning,
        Message = "{Identity} may not call {Method}: its certificate is not accepted any more"
    )]
    private partial void LogUnproved(string identity, string method);
}
