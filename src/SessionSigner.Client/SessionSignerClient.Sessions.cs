using System.Text;
using SessionSigner.V1;

namespace SessionSigner.Client;

public sealed partial class SessionSignerClient
{
    /// <summary>Opens a session and verifies its grant. Retried with the same request identifier while the daemon is unavailable.</summary>
    /// <exception cref="SignerVerificationException">The grant does not verify or says something else than was asked for; the session is then open in the daemon, unused.</exception>
    public async Task<SignerSession> OpenSessionAsync(OpenSessionOptions options, CancellationToken cancellationToken = default)
    {
        var request = new OpenSessionRequest
        {
            Policy = options.Policy,
            PrimaryKey = options.PrimaryKey,
            Account = options.Account,
            Audience = options.Audience,
            LifetimeSeconds = options.LifetimeSeconds,
            NarrowingJson = options.NarrowingJson,
            RequestId = RequestId.OrCreate(options.RequestId),
        };
        var answer = await _caller.CallAsync(o => _sessions.OpenSessionAsync(request, o), cancellationToken);
        var grant = GrantCheck.Verify(answer.Session, answer.GrantJson, Options, request);
        return new SignerSession(this, answer.Session, answer.GrantJson, grant, answer.AuditIndex);
    }

    /// <summary>Takes up a session opened earlier: reads it and its grant and verifies them as <see cref="OpenSessionAsync"/> does.</summary>
    public async Task<SignerSession> ResumeSessionAsync(string sessionId, CancellationToken cancellationToken = default)
    {
        var session = await GetSessionAsync(sessionId, cancellationToken);
        if (session.State != SessionState.Open)
        {
            throw new SignerSessionEndedException("The session has ended. Open another.")
            {
                Reason = "SESSION_ENDED",
                Field = "session_id",
            };
        }

        var grantJson = (await GetGrantAsync(session.GrantId, cancellationToken)).GrantJson;
        var grant = GrantCheck.Verify(session, grantJson, Options, request: null);
        return new SignerSession(this, session, grantJson, grant, auditIndex: null);
    }

    /// <summary>Shows one session with its headroom, as the daemon tells it.</summary>
    public async Task<Session> GetSessionAsync(string sessionId, CancellationToken cancellationToken = default)
    {
        var request = new GetSessionRequest { SessionId = sessionId };
        return (await _caller.CallAsync(o => _sessions.GetSessionAsync(request, o), cancellationToken)).Session;
    }

    /// <summary>Lists sessions, newest first, page by page.</summary>
    /// <param name="includeEnded">Also those that have ended.</param>
    /// <param name="cancellationToken">Stops between or during pages.</param>
    public async IAsyncEnumerable<Session> ListSessionsAsync(
        bool includeEnded = false,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var request = new ListSessionsRequest { IncludeEnded = includeEnded };
        do
        {
            var page = await _caller.CallAsync(o => _sessions.ListSessionsAsync(request, o), cancellationToken);
            foreach (var session in page.Sessions)
            {
                yield return session;
            }

            request = new ListSessionsRequest { IncludeEnded = includeEnded, PageToken = page.NextPageToken };
        } while (request.PageToken.Length > 0);
    }

    /// <summary>The session now and after every change, until it ends. Not retried.</summary>
    public async IAsyncEnumerable<Session> WatchSessionAsync(
        string sessionId,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var request = new WatchSessionRequest { SessionId = sessionId };
        await foreach (var message in _caller.StreamAsync(o => _sessions.WatchSession(request, o), cancellationToken))
        {
            yield return message.Session;
        }
    }

    /// <summary>Wipes the session key and ends the session. Closing an ended session is not an error.</summary>
    public Task<CloseSessionResponse> CloseSessionAsync(string sessionId, CancellationToken cancellationToken = default)
    {
        var request = new CloseSessionRequest { SessionId = sessionId };
        return _caller.CallAsync(o => _sessions.CloseSessionAsync(request, o), cancellationToken);
    }

    /// <summary>Says what signing this transaction would decide and why; consumes nothing.</summary>
    public Task<EvaluateResponse> EvaluateTransactionAsync(
        string sessionId,
        ReadOnlyMemory<byte> unsignedTransaction,
        CancellationToken cancellationToken = default
    )
    {
        var request = new EvaluateRequest
        {
            SessionId = sessionId,
            UnsignedTransaction = Google.Protobuf.ByteString.CopyFrom(unsignedTransaction.Span),
        };
        return _caller.CallAsync(o => _signing.EvaluateAsync(request, o), cancellationToken);
    }

    /// <summary>Says what signing this EIP-712 message would decide and why; consumes nothing.</summary>
    public Task<EvaluateResponse> EvaluateTypedDataAsync(
        string sessionId,
        ReadOnlyMemory<byte> typedDataJson,
        CancellationToken cancellationToken = default
    )
    {
        var request = new EvaluateRequest { SessionId = sessionId, TypedDataJson = Encoding.UTF8.GetString(typedDataJson.Span) };
        return _caller.CallAsync(o => _signing.EvaluateAsync(request, o), cancellationToken);
    }

    /// <summary>Says what signing this personal message would decide and why; consumes nothing.</summary>
    public Task<EvaluateResponse> EvaluateMessageAsync(string sessionId, string message, CancellationToken cancellationToken = default)
    {
        var request = new EvaluateRequest { SessionId = sessionId, Message = message };
        return _caller.CallAsync(o => _signing.EvaluateAsync(request, o), cancellationToken);
    }

    /// <summary>Says what signing this digest would decide and why; consumes nothing.</summary>
    public Task<EvaluateResponse> EvaluateDigestAsync(
        string sessionId,
        ReadOnlyMemory<byte> digest,
        CancellationToken cancellationToken = default
    )
    {
        var request = new EvaluateRequest { SessionId = sessionId, Digest = Google.Protobuf.ByteString.CopyFrom(digest.Span) };
        return _caller.CallAsync(o => _signing.EvaluateAsync(request, o), cancellationToken);
    }

    internal Task<SignMessageResponse> SignMessageAsync(SignMessageRequest request, CancellationToken cancellationToken) =>
        _caller.CallAsync(o => _signing.SignMessageAsync(request, o), cancellationToken);

    internal Task<SignDigestResponse> SignDigestAsync(SignDigestRequest request, CancellationToken cancellationToken) =>
        _caller.CallAsync(o => _signing.SignDigestAsync(request, o), cancellationToken);

    /// <summary>Says what signing this user operation would decide and why; consumes nothing.</summary>
    public Task<EvaluateResponse> EvaluateUserOperationAsync(
        string sessionId,
        UserOperationInput operation,
        CancellationToken cancellationToken = default
    )
    {
        var request = new EvaluateRequest { SessionId = sessionId, UserOperation = operation };
        return _caller.CallAsync(o => _signing.EvaluateAsync(request, o), cancellationToken);
    }

    internal Task<SignTransactionResponse> SignTransactionAsync(SignTransactionRequest request, CancellationToken cancellationToken) =>
        _caller.CallAsync(o => _signing.SignTransactionAsync(request, o), cancellationToken);

    internal Task<SignTypedDataResponse> SignTypedDataAsync(SignTypedDataRequest request, CancellationToken cancellationToken) =>
        _caller.CallAsync(o => _signing.SignTypedDataAsync(request, o), cancellationToken);

    internal Task<SignUserOperationResponse> SignUserOperationAsync(
        SignUserOperationRequest request,
        CancellationToken cancellationToken
    ) => _caller.CallAsync(o => _signing.SignUserOperationAsync(request, o), cancellationToken);
}
