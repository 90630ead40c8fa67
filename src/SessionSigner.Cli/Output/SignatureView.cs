using System.Text.Json.Serialization;
using Google.Protobuf;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

/// <summary>What a signing command says of its answer, which the client has verified. Members that are null are not said.</summary>
internal sealed record SignatureView
{
    private SignatureView(SignerSession session, string requestId, ByteString signature, IEnumerable<Headroom> headroom, ulong auditIndex)
    {
        SessionId = session.SessionId;
        RequestId = requestId;
        Address = session.Session.Address;
        Signature = Names.Hex(signature.Span);
        Headroom = HeadroomView.From(headroom);
        AuditIndex = auditIndex;
    }

    public string SessionId { get; }

    public string RequestId { get; }

    public string Address { get; }

    public string Signature { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TransactionHash { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SignedTransaction { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? UserOperationHash { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Digest { get; init; }

    public bool Verified { get; } = true;

    public IReadOnlyList<HeadroomView> Headroom { get; }

    public ulong AuditIndex { get; }

    public static SignatureView Of(SignerSession session, string requestId, SignTransactionResponse answer) =>
        new(session, requestId, answer.Signature, answer.Headroom, answer.AuditIndex)
        {
            TransactionHash = Names.Hex(answer.TransactionHash.Span),
            SignedTransaction = Names.Hex(answer.SignedTransaction.Span),
        };

    public static SignatureView Of(SignerSession session, string requestId, SignTypedDataResponse answer) =>
        new(session, requestId, answer.Signature, answer.Headroom, answer.AuditIndex) { Digest = Names.Hex(answer.Digest.Span) };

    public static SignatureView Of(SignerSession session, string requestId, SignMessageResponse answer) =>
        new(session, requestId, answer.Signature, answer.Headroom, answer.AuditIndex) { Digest = Names.Hex(answer.Digest.Span) };

    public static SignatureView Of(SignerSession session, string requestId, string digest, SignDigestResponse answer) =>
        new(session, requestId, answer.Signature, answer.Headroom, answer.AuditIndex) { Digest = digest };

    public static SignatureView Of(SignerSession session, string requestId, SignUserOperationResponse answer) =>
        new(session, requestId, answer.Signature, answer.Headroom, answer.AuditIndex)
        {
            UserOperationHash = Names.Hex(answer.UserOperationHash.Span),
            Digest = Names.Hex(answer.Digest.Span),
        };

    public int Write(Report report)
    {
        if (report.IsJson)
        {
            report.Json(this);
            return ExitCode.Ok;
        }
        report.Fields(
            ("transaction hash", TransactionHash ?? ""),
            ("user operation hash", UserOperationHash ?? ""),
            ("digest", Digest ?? ""),
            ("signed by", Address),
            ("signature", Signature),
            ("signed transaction", SignedTransaction ?? ""),
            ("request id", RequestId),
            ("audit index", $"{AuditIndex}")
        );
        HeadroomView.Write(report, Headroom);
        report.Verdict(true, "The signature verifies.");
        return ExitCode.Ok;
    }
}
