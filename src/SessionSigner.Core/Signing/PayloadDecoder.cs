using System.Diagnostics.CodeAnalysis;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Step 3: the daemon decodes what it is asked to sign itself, strictly, and computes the digest from what it decoded.</summary>
internal static class PayloadDecoder
{
    /// <summary>Longest payload in bytes.</summary>
    public const int SizeMax = 131_072;

    /// <summary>Decodes a payload, or refuses it.</summary>
    public static DecodedPayload Decode(PayloadKind kind, ReadOnlyMemory<byte> body)
    {
        string fault;
        switch (kind)
        {
            case PayloadKind.Transaction:
                return UnsignedTransaction.TryDecode(body.Span, out var transaction, out fault) && transaction is not null
                    ? DecodedPayload.Of(new TransactionPayload(transaction))
                    : Undecodable("payload.unsigned_transaction", fault);
            case PayloadKind.TypedData:
                return TypedData.TryParse(body, out var typedData, out fault) && typedData is not null
                    ? DecodedPayload.Of(new TypedDataPayload(typedData))
                    : Undecodable("payload.typed_data_json", fault);
            case PayloadKind.Message:
                return MessagePayload.TryParse(body.Span, out var message, out fault) && message is not null
                    ? DecodedPayload.Of(message)
                    : Undecodable("payload.message", fault);
            case PayloadKind.Digest:
                return DigestPayload.Parse(body.Span) is { } digest
                    ? DecodedPayload.Of(digest)
                    : Undecodable("payload.digest", "zero, or not below the order of the curve");
            case PayloadKind.UserOperation:
                return DecodeUserOperation(body, out fault) is { } operation
                    ? DecodedPayload.Of(operation)
                    : Undecodable("payload.user_operation", fault);
            default:
                return Undecodable("payload", "The kind of payload is not stated.");
        }
    }

    private static UserOperationPayload? DecodeUserOperation(ReadOnlyMemory<byte> body, out string fault)
    {
        fault = "user operation: entry point, chain or signature form is not stated";
        return
            UserOperationRequest.Read(body) is { Form: UserOperationForm.Hash or UserOperationForm.PersonalMessage } request
            && UserOperation.TryParse(request.Version, request.EntryPoint, request.ChainId, request.Json.Span, out var operation, out fault)
            && operation is not null
            ? new UserOperationPayload(operation, request.Form)
            : null;
    }

    private static DecodedPayload Undecodable(string rule, string fault) =>
        DecodedPayload.Refuse(new Denial(DenialReason.Undecodable, rule, AuditText.Clip(fault), "strictly decodable"));
}

/// <summary>What became of the bytes of a request. The zero value refuses.</summary>
internal readonly struct DecodedPayload
{
    private readonly Denial? _denial;

    private DecodedPayload(SigningPayload? payload, Denial? denial) => (Payload, _denial) = (payload, denial);

    /// <summary>True only if there is a payload.</summary>
    [MemberNotNullWhen(true, nameof(Payload))]
    public bool IsDecoded => Payload is not null;

    /// <summary>The payload, or null if refused.</summary>
    public SigningPayload? Payload { get; }

    /// <summary>The refusal; never null if refused.</summary>
    public Denial Denial => _denial ?? Denial.NotStated;

    /// <summary>A payload that was decoded.</summary>
    public static DecodedPayload Of(SigningPayload payload) => new(payload, null);

    /// <summary>Refuses.</summary>
    public static DecodedPayload Refuse(Denial denial) => new(null, denial);
}
