using System.Text;
using Google.Protobuf;
using SessionSigner.Ethereum;
using SessionSigner.Grants;
using SessionSigner.V1;

namespace SessionSigner.Client;

/// <summary>
/// An open session whose grant has been verified. Every signature is verified against the session key of the grant before it is returned.
/// Thread safe.
/// </summary>
public sealed class SignerSession
{
    private readonly SessionSignerClient _client;

    internal SignerSession(SessionSignerClient client, Session session, string grantJson, SignedGrant grant, ulong? auditIndex)
    {
        _client = client;
        Session = session;
        GrantJson = grantJson;
        Grant = grant;
        AuditIndex = auditIndex;
    }

    /// <summary>The session as the daemon told it when it was opened or resumed.</summary>
    public Session Session { get; }

    /// <summary>Identifier of the session.</summary>
    public string SessionId => Session.SessionId;

    /// <summary>The verified grant as JSON, to hand to whoever relies on it.</summary>
    public string GrantJson { get; }

    /// <summary>The verified grant.</summary>
    public SignedGrant Grant { get; }

    /// <summary>Index of the audit entry of the opening; null if the session was resumed.</summary>
    public ulong? AuditIndex { get; }

    /// <summary>Signs one unsigned transaction, serialised for signing, and verifies the answer: key, signed transaction and hash.</summary>
    /// <param name="unsignedTransaction">At most 131,072 bytes.</param>
    /// <param name="requestId">Identifier that makes a repetition safe; null makes one.</param>
    /// <param name="cancellationToken">Stops waiting; the daemon may have signed all the same.</param>
    /// <exception cref="SignerDeniedException">Outside the scope.</exception>
    /// <exception cref="SignerVerificationException">The answer is not a signature of this transaction by the session key.</exception>
    public async Task<SignTransactionResponse> SignTransactionAsync(
        ReadOnlyMemory<byte> unsignedTransaction,
        string? requestId = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = new SignTransactionRequest
        {
            SessionId = SessionId,
            RequestId = RequestId.OrCreate(requestId),
            UnsignedTransaction = ByteString.CopyFrom(unsignedTransaction.Span),
        };
        var answer = await _client.SignTransactionAsync(request, cancellationToken);
        SignatureCheck.VerifyTransaction(request, answer, Grant.Grant.SessionKey);
        return answer;
    }

    /// <summary>Signs one EIP-712 message and verifies the answer: digest and key.</summary>
    /// <param name="typedDataJson">UTF-8, at most 131,072 bytes.</param>
    /// <param name="requestId">Identifier that makes a repetition safe; null makes one.</param>
    /// <param name="cancellationToken">Stops waiting; the daemon may have signed all the same.</param>
    /// <exception cref="SignerDeniedException">Outside the scope.</exception>
    /// <exception cref="SignerVerificationException">The answer is not a signature of this message by the session key.</exception>
    public async Task<SignTypedDataResponse> SignTypedDataAsync(
        ReadOnlyMemory<byte> typedDataJson,
        string? requestId = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = new SignTypedDataRequest
        {
            SessionId = SessionId,
            RequestId = RequestId.OrCreate(requestId),
            TypedDataJson = Encoding.UTF8.GetString(typedDataJson.Span),
        };
        var answer = await _client.SignTypedDataAsync(request, cancellationToken);
        SignatureCheck.VerifyTypedData(request, answer, Grant.Grant.SessionKey);
        return answer;
    }

    /// <summary>Signs one personal message (EIP-191 version 0x45) and verifies the answer: digest and key.</summary>
    /// <param name="message">1 to 8,192 bytes of UTF-8, without unpaired surrogates.</param>
    /// <param name="requestId">Identifier that makes a repetition safe; null makes one.</param>
    /// <param name="cancellationToken">Stops waiting; the daemon may have signed all the same.</param>
    /// <exception cref="SignerDeniedException">Outside the scope.</exception>
    /// <exception cref="SignerVerificationException">The answer is not a signature of this message by the session key.</exception>
    public async Task<SignMessageResponse> SignMessageAsync(
        string message,
        string? requestId = null,
        CancellationToken cancellationToken = default
    )
    {
        // Before anything is sent: what is not text would be sent, and signed, as another text.
        var digest = SignedMessage.Digest(message);
        var request = new SignMessageRequest
        {
            SessionId = SessionId,
            RequestId = RequestId.OrCreate(requestId),
            Message = message,
        };
        var answer = await _client.SignMessageAsync(request, cancellationToken);
        SignatureCheck.VerifyMessage(digest, answer, Grant.Grant.SessionKey);
        return answer;
    }

    /// <summary>Signs 32 bytes as given, if the scope allows raw digests, and verifies the answer.</summary>
    /// <param name="digest">Exactly 32 bytes.</param>
    /// <param name="requestId">Identifier that makes a repetition safe; null makes one.</param>
    /// <param name="cancellationToken">Stops waiting; the daemon may have signed all the same.</param>
    /// <exception cref="SignerDeniedException">Outside the scope.</exception>
    /// <exception cref="SignerVerificationException">The answer is not a signature of this digest by the session key.</exception>
    public async Task<SignDigestResponse> SignDigestAsync(
        Hash32 digest,
        string? requestId = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = new SignDigestRequest
        {
            SessionId = SessionId,
            RequestId = RequestId.OrCreate(requestId),
            Digest = ByteString.CopyFrom(digest.ToArray()),
        };
        var answer = await _client.SignDigestAsync(request, cancellationToken);
        SignatureCheck.VerifyDigest(digest, answer, Grant.Grant.SessionKey);
        return answer;
    }

    /// <summary>Signs one user operation of ERC-4337 and verifies the answer: hash, digest and key.</summary>
    /// <param name="operation">The operation; its sender must be the session's account. Not changed while the call is under way.</param>
    /// <param name="requestId">Identifier that makes a repetition safe; null makes one.</param>
    /// <param name="cancellationToken">Stops waiting; the daemon may have signed all the same.</param>
    /// <exception cref="SignerDeniedException">Outside the scope.</exception>
    /// <exception cref="SignerVerificationException">The answer is not a signature of this operation by the session key.</exception>
    public async Task<SignUserOperationResponse> SignUserOperationAsync(
        UserOperationInput operation,
        string? requestId = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = new SignUserOperationRequest
        {
            SessionId = SessionId,
            RequestId = RequestId.OrCreate(requestId),
            UserOperation = operation.Clone(),
        };
        var answer = await _client.SignUserOperationAsync(request, cancellationToken);
        UserOperationCheck.Verify(request.UserOperation, answer, Grant.Grant.SessionKey);
        return answer;
    }

    /// <summary>Wipes the session key and ends the session.</summary>
    public Task<CloseSessionResponse> CloseAsync(CancellationToken cancellationToken = default) =>
        _client.CloseSessionAsync(SessionId, cancellationToken);
}
