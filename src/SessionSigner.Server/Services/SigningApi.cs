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
    /// <summary>What EIP-712 adds to the parity of a signature.</summary>
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
        byte[] signature = [.. result.Signature65.AsSpan(0, 64), checked((byte)(result.Signature65[64] + VBase))];
        return new SignTypedDataResponse
        {
            Signature = UnsafeByteOperations.UnsafeWrap(signature),
            Digest = UnsafeByteOperations.UnsafeWrap(result.Digest.ToArray()),
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
}
