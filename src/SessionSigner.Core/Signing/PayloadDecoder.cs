using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Step 3: the daemon decodes what it is asked to sign itself, strictly, and computes the digest from what it decoded.</summary>
internal static class PayloadDecoder
{
    /// <summary>Longest payload in bytes.</summary>
    public const int SizeMax = 131_072;

    /// <summary>Decodes a payload.</summary>
    /// <returns>The refusal, or null if <paramref name="payload"/> was decoded.</returns>
    public static Denial? Decode(PayloadKind kind, ReadOnlyMemory<byte> body, out SigningPayload? payload)
    {
        payload = null;
        string fault;
        switch (kind)
        {
            case PayloadKind.Transaction:
                if (UnsignedTransaction.TryDecode(body.Span, out var transaction, out fault) && transaction is not null)
                {
                    payload = new TransactionPayload(transaction);
                    return null;
                }
                return Undecodable("payload.unsigned_transaction", fault);
            case PayloadKind.TypedData:
                if (TypedData.TryParse(body, out var typedData, out fault) && typedData is not null)
                {
                    payload = new TypedDataPayload(typedData);
                    return null;
                }
                return Undecodable("payload.typed_data_json", fault);
            default:
                return Undecodable("payload", "The kind of payload is not stated.");
        }
    }

    private static Denial Undecodable(string rule, string fault) =>
        new(DenialReason.Undecodable, rule, AuditText.Clip(fault), "strictly decodable");
}
