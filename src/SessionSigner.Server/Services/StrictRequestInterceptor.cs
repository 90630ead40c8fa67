using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>
/// Refuses requests with fields this version does not know: a client that believes in a restriction the daemon never read must not get a
/// signature. A known field with the wrong wire type is an unknown field too.
/// </summary>
internal sealed class StrictRequestInterceptor : Interceptor
{
    private static readonly ConcurrentDictionary<Type, MessageParser> Discarding = new();

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        RefuseUnknownFields(request);
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
        RefuseUnknownFields(request);
        return continuation(request, responseStream, context);
    }

    private static void RefuseUnknownFields<TRequest>(TRequest request)
    {
        if (request is IMessage message && HasUnknownFields(message))
        {
            throw new SignerException(
                ErrorCode.InvalidRequest,
                "The request has a field that this version does not know, or of the wrong type."
            );
        }
    }

    /// <summary>Whether a message keeps fields it does not know. The library holds them privately, but writes them out again unless told to discard them.</summary>
    internal static bool HasUnknownFields(IMessage message)
    {
        var parser = Discarding.GetOrAdd(
            message.GetType(),
            static (_, descriptor) => descriptor.Parser.WithDiscardUnknownFields(true),
            message.Descriptor
        );
        return parser.ParseFrom(message.ToByteArray()).CalculateSize() != message.CalculateSize();
    }
}
