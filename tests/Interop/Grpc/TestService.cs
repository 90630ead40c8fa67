using Google.Protobuf;
using Grpc.Core;
using Interop.Testing;

namespace Interop;

/// <summary>grpc.testing.TestService as the interop test descriptions define it, written as the daemon's services are.</summary>
internal sealed class TestService : Testing.TestService.TestServiceBase
{
    /// <summary>Trailer that tells a client whether its answer was compressed; foreign clients decompress without saying so.</summary>
    public const string AnswerEncodingTrailer = "x-answer-encoding";

    private const string EchoInitial = "x-grpc-test-echo-initial";
    private const string EchoTrailing = "x-grpc-test-echo-trailing-bin";

    public override Task<Empty> EmptyCall(Empty request, ServerCallContext context) => Task.FromResult(new Empty());

    public override async Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context)
    {
        await EchoMetadataAsync(context, request.ResponseCompressed?.Value ?? false);
        EchoStatus(request.ResponseStatus);
        ExpectCompression(request.ExpectCompressed, context);
        return new SimpleResponse { Payload = Zeros(request.ResponseSize) };
    }

    public override async Task StreamingOutputCall(
        StreamingOutputCallRequest request,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context
    )
    {
        await EchoMetadataAsync(context, request.ResponseParameters.Any(parameters => parameters.Compressed?.Value ?? false));
        EchoStatus(request.ResponseStatus);
        await AnswerAsync(request, responseStream, context);
    }

    public override async Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requestStream,
        ServerCallContext context
    )
    {
        var size = 0;
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            ExpectCompression(request.ExpectCompressed, context);
            size += request.Payload.Body.Length;
        }
        return new StreamingInputCallResponse { AggregatedPayloadSize = size };
    }

    public override async Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context
    )
    {
        await EchoMetadataAsync(context, compress: false);
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            EchoStatus(request.ResponseStatus);
            await AnswerAsync(request, responseStream, context);
        }
    }

    private static async Task AnswerAsync(
        StreamingOutputCallRequest request,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context
    )
    {
        foreach (var parameters in request.ResponseParameters)
        {
            if (parameters.IntervalUs > 0)
            {
                await Task.Delay(TimeSpan.FromMicroseconds(parameters.IntervalUs), context.CancellationToken);
            }
            responseStream.WriteOptions = new WriteOptions(parameters.Compressed?.Value == false ? WriteFlags.NoCompress : default);
            await responseStream.WriteAsync(new StreamingOutputCallResponse { Payload = Zeros(parameters.Size) });
        }
    }

    private static async Task EchoMetadataAsync(ServerCallContext context, bool compress)
    {
        var headers = new Metadata();
        if (context.RequestHeaders.Get(EchoInitial) is { } initial)
        {
            headers.Add(EchoInitial, initial.Value);
        }
        if (context.RequestHeaders.GetValueBytes(EchoTrailing) is { } trailing)
        {
            context.ResponseTrailers.Add(EchoTrailing, trailing);
        }
        if (compress)
        {
            // The name by which every gRPC implementation lets a handler choose how its answer is compressed.
            headers.Add("grpc-internal-encoding-request", "gzip");
        }
        await context.WriteResponseHeadersAsync(headers);
        var encoding = context.GetHttpContext().Response.Headers["grpc-encoding"].ToString();
        context.ResponseTrailers.Add(AnswerEncodingTrailer, encoding.Length == 0 ? "identity" : encoding);
    }

    private static void EchoStatus(EchoStatus? status)
    {
        if (status is { Code: not 0 })
        {
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
        }
    }

    private static void ExpectCompression(BoolValue? expected, ServerCallContext context)
    {
        var encoding = context.GetHttpContext().Request.Headers["grpc-encoding"].ToString();
        if (expected is { Value: true } && encoding != "gzip")
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "compression was announced but not used"));
        }
    }

    private static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };
}
