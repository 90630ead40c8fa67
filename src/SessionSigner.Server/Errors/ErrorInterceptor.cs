using Grpc.Core;
using Grpc.Core.Interceptors;
using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>Outermost of the interceptors: what leaves here is a gRPC status with constant text; causes are logged and stay.</summary>
internal sealed partial class ErrorInterceptor(ILogger<ErrorInterceptor> logger) : Interceptor
{
    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception)
        {
            throw Translate(exception, context);
        }
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception exception)
        {
            throw Translate(exception, context);
        }
    }

    /// <inheritdoc/>
    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception exception)
        {
            throw Translate(exception, context);
        }
    }

    /// <inheritdoc/>
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception exception)
        {
            throw Translate(exception, context);
        }
    }

    private RpcException Translate(Exception exception, ServerCallContext context)
    {
        switch (exception)
        {
            case RpcException status:
                return status;
            case SignerException { Code: ErrorCode.Unspecified or ErrorCode.TokenMisbehaved } failed:
                LogFailed(failed, context.Method);
                return StatusMapper.Map(failed);
            // The journal has logged its failure; every call until the restart would say it again.
            case SignerException { Code: ErrorCode.JournalFailed } failed:
                LogUnavailable(context.Method, failed.Code);
                return StatusMapper.Map(failed);
            case SignerException refused:
                LogRefused(context.Method, refused.Code);
                return StatusMapper.Map(refused);
            case OperationCanceledException when context.CancellationToken.IsCancellationRequested:
                return new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled."));
            default:
                LogFailed(exception, context.Method);
                return StatusMapper.Defect();
        }
    }

    [LoggerMessage(EventId = 1310, Level = LogLevel.Error, Message = "{Method} failed")]
    private partial void LogFailed(Exception exception, string method);

    [LoggerMessage(EventId = 1312, Level = LogLevel.Warning, Message = "{Method} refused: {Code}")]
    private partial void LogUnavailable(string method, ErrorCode code);

    [LoggerMessage(EventId = 1311, Level = LogLevel.Debug, Message = "{Method} refused: {Code}")]
    private partial void LogRefused(string method, ErrorCode code);
}
