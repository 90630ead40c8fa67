using System.Text;
using Google.Protobuf;
using Grpc.Core;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>sessionsigner.v1.SigningService.</summary>
internal sealed class SigningApi(SigningPipeline signing) : SigningService.SigningServiceBase
{
    /// <summary>What signatures of messages add to the parity of y.</summary>
    private const byte VBase = 27;

    /// <inheritdoc/>
    public override async Task<SignTransactionResponse> SignTransaction(SignTransactionRequest request, ServerCallContext context)
    {
        var result = await signing.SignTransactionAsync(
            Caller.Of(context).Principal,
            request.SessionId,
            request.RequestId,
            request.UnsignedTransaction.Memory,
            context.CancellationToken
        );
        var signed = result.SignedTransaction ?? throw new InvalidOperationException("A signed transaction was expected.");
        return new SignTransactionResponse
        {
            Signature = UnsafeByteOperations.UnsafeWrap(result.Signature65),
            SignedTransaction = UnsafeByteOperations.UnsafeWrap(signed),
            TransactionHash = UnsafeByteOperations.UnsafeWrap(Keccak256.Hash(signed).ToArray()),
            Headroom = { result.Headroom.Select(MessageMapper.ToMessage) },
            AuditIndex = checked((ulong)result.AuditIndex),
        };
    }

    /// <inheritdoc/>
    public override async Task<SignTypedDataResponse> SignTypedData(SignTypedDataRequest request, ServerCallContext context)
    {
        var result = await signing.SignTypedDataAsync(
            Caller.Of(context).Principal,
            request.SessionId,
            request.RequestId,
            Encoding.UTF8.GetBytes(request.TypedDataJson),
            context.CancellationToken
        );
        return new SignTypedDataResponse
        {
            Signature = WithV(result.Signature65),
            Digest = UnsafeByteOperations.UnsafeWrap(result.Digest.ToArray()),
            Headroom = { result.Headroom.Select(MessageMapper.ToMessage) },
            AuditIndex = checked((ulong)result.AuditIndex),
        };
    }

    /// <inheritdoc/>
    public override async Task<SignMessageResponse> SignMessage(SignMessageRequest request, ServerCallContext context)
    {
        var result = await signing.SignMessageAsync(
            Caller.Of(context).Principal,
            request.SessionId,
            request.RequestId,
            Encoding.UTF8.GetBytes(request.Message),
            context.CancellationToken
        );
        return new SignMessageResponse
        {
            Signature = WithV(result.Signature65),
            Digest = UnsafeByteOperations.UnsafeWrap(result.Digest.ToArray()),
            Headroom = { result.Headroom.Select(MessageMapper.ToMessage) },
            AuditIndex = checked((ulong)result.AuditIndex),
        };
    }

    /// <inheritdoc/>
    public override async Task<SignDigestResponse> SignDigest(SignDigestRequest request, ServerCallContext context)
    {
        var result = await signing.SignDigestAsync(
            Caller.Of(context).Principal,
            request.SessionId,
            request.RequestId,
            request.Digest.Memory,
            context.CancellationToken
        );
        return new SignDigestResponse
        {
            Signature = UnsafeByteOperations.UnsafeWrap(result.Signature65),
            Headroom = { result.Headroom.Select(MessageMapper.ToMessage) },
            AuditIndex = checked((ulong)result.AuditIndex),
        };
    }

    /// <inheritdoc/>
    public override async Task<SignUserOperationResponse> SignUserOperation(SignUserOperationRequest request, ServerCallContext context)
    {
        var result = await signing.SignUserOperationAsync(
            Caller.Of(context).Principal,
            request.SessionId,
            request.RequestId,
            UserOperationMapper.ToRequest(request.UserOperation),
            context.CancellationToken
        );
        var hash = result.UserOperationHash ?? throw new InvalidOperationException("The hash of a user operation was expected.");
        return new SignUserOperationResponse
        {
            Signature = WithV(result.Signature65),
            Digest = UnsafeByteOperations.UnsafeWrap(result.Digest.ToArray()),
            UserOperationHash = UnsafeByteOperations.UnsafeWrap(hash.ToArray()),
            Headroom = { result.Headroom.Select(MessageMapper.ToMessage) },
            AuditIndex = checked((ulong)result.AuditIndex),
        };
    }

    /// <inheritdoc/>
    public override Task<EvaluateResponse> Evaluate(EvaluateRequest request, ServerCallContext context)
    {
        var (kind, body) = request.PayloadCase switch
        {
            EvaluateRequest.PayloadOneofCase.UnsignedTransaction => (PayloadKind.Transaction, request.UnsignedTransaction.Memory),
            EvaluateRequest.PayloadOneofCase.TypedDataJson => (PayloadKind.TypedData, Encoding.UTF8.GetBytes(request.TypedDataJson)),
            EvaluateRequest.PayloadOneofCase.Message => (PayloadKind.Message, Encoding.UTF8.GetBytes(request.Message)),
            EvaluateRequest.PayloadOneofCase.Digest => (PayloadKind.Digest, request.Digest.Memory),
            EvaluateRequest.PayloadOneofCase.UserOperation => (
                PayloadKind.UserOperation,
                UserOperationMapper.ToRequest(request.UserOperation).ToBody()
            ),
            _ => throw RequestParser.Invalid("payload", "must be given"),
        };
        var result = signing.Evaluate(Caller.Of(context).Principal, request.SessionId, kind, body);
        var response = new EvaluateResponse
        {
            Headroom = { result.Headroom.Select(MessageMapper.ToMessage) },
            Trace = MessageMapper.ToMessage(result.Trace),
        };
        if (result.Denial is not null)
        {
            response.Denial = MessageMapper.ToMessage(result.Denial, auditIndex: null);
        }
        if (result.Digest is { } digest)
        {
            response.Digest = UnsafeByteOperations.UnsafeWrap(digest.ToArray());
        }
        return Task.FromResult(response);
    }

    private static ByteString WithV(byte[] signature65) =>
        UnsafeByteOperations.UnsafeWrap((byte[])[.. signature65.AsSpan(0, 64), checked((byte)(signature65[64] + VBase))]);
}
