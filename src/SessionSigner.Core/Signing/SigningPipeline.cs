using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// Signs within a session's effective scope. No signature leaves before its audit entry, its answer and its debits are durable in one write.
/// Everything up to that write runs on the caller's thread without waiting. Thread safe.
/// </summary>
public sealed partial class SigningPipeline
{
    [ThreadStatic]
    private static ScopeEvaluation? t_evaluation;

    private readonly SessionRegistry _registry;
    private readonly IJournal _journal;

    /// <param name="registry">The sessions.</param>
    /// <param name="journal">The same journal that the registry has.</param>
    public SigningPipeline(SessionRegistry registry, IJournal journal)
    {
        _registry = registry;
        _journal = journal;
    }

    /// <summary>Signs one unsigned transaction, serialised for signing.</summary>
    /// <param name="caller">Must own the session.</param>
    /// <param name="sessionId">32 lower-case hexadecimal digits.</param>
    /// <param name="requestId">1 to 64 characters of A-Z a-z 0-9 . _ : - ; the same identifier and body gets the same answer without a second debit.</param>
    /// <param name="unsignedTransaction">1 to 131,072 bytes. Not read any more once the returned task has been returned.</param>
    /// <param name="cancellationToken">
    /// Before the reservation it costs nothing; after it the request completes in the background, and its repetition gets the answer.
    /// </param>
    /// <exception cref="SignerException">
    /// <see cref="ErrorCode.InvalidRequest"/>, <see cref="ErrorCode.SessionNotFound"/>, <see cref="ErrorCode.RequestIdReused"/>,
    /// <see cref="ErrorCode.SessionEnded"/> and <see cref="ErrorCode.Denied"/> with a denial and the index of its entry,
    /// <see cref="ErrorCode.Overloaded"/>, <see cref="ErrorCode.Cancelled"/>, <see cref="ErrorCode.JournalFailed"/>, <see cref="ErrorCode.ShuttingDown"/>.
    /// </exception>
    public Task<SignResult> SignTransactionAsync(
        Principal caller,
        string sessionId,
        string requestId,
        ReadOnlyMemory<byte> unsignedTransaction,
        CancellationToken cancellationToken
    ) => SignAsync(caller, sessionId, requestId, PayloadKind.Transaction, unsignedTransaction, cancellationToken);

    /// <summary>Signs one EIP-712 message; as <see cref="SignTransactionAsync"/>.</summary>
    /// <param name="caller">Must own the session.</param>
    /// <param name="sessionId">32 lower-case hexadecimal digits.</param>
    /// <param name="requestId">As in <see cref="SignTransactionAsync"/>.</param>
    /// <param name="typedDataJson">JSON in UTF-8, 1 to 131,072 bytes.</param>
    /// <param name="cancellationToken">As in <see cref="SignTransactionAsync"/>.</param>
    /// <exception cref="SignerException">As in <see cref="SignTransactionAsync"/>.</exception>
    public Task<SignResult> SignTypedDataAsync(
        Principal caller,
        string sessionId,
        string requestId,
        ReadOnlyMemory<byte> typedDataJson,
        CancellationToken cancellationToken
    ) => SignAsync(caller, sessionId, requestId, PayloadKind.TypedData, typedDataJson, cancellationToken);

    /// <summary>Says what a signing request would be answered now. Consumes nothing and is not journaled.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.InvalidRequest"/>, <see cref="ErrorCode.SessionNotFound"/>.</exception>
    public EvaluateResult Evaluate(Principal caller, string sessionId, PayloadKind kind, ReadOnlyMemory<byte> body)
    {
        SignRequest.CheckBody(kind, body);
        var (session, record) = _registry.Find(caller, sessionId);
        var decoded = PayloadDecoder.Decode(kind, body);
        if (!decoded.IsDecoded)
        {
            return RefuseDryRun(decoded.Denial, null, session?.ReadHeadroom() ?? []);
        }
        var payload = decoded.Payload;
        if (session is null)
        {
            return RefuseDryRun(LiveSession.EndedDenial(record.EndReason), payload.Digest, []);
        }
        if (session.Clock.Check() is { } outside)
        {
            return RefuseDryRun(outside, payload.Digest, session.ReadHeadroom());
        }
        var trace = new TraceBuilder(TraceBounds.Answer);
        var evaluation = t_evaluation ??= new ScopeEvaluation();
        var decision = evaluation.Evaluate(session.Ceiling, session.Narrowing, payload, session.Clock.NowMs / 1_000, session.Facts, trace);
        if (!decision.IsAllowed)
        {
            return new EvaluateResult(AuditText.Clip(decision.Denial), payload.Digest, session.ReadHeadroom(), trace.Build());
        }
        var taken = new List<TraceDebit>();
        var meters = session.Preview(evaluation, taken);
        Explanation.Add(trace, meters);
        var headroom = session.Describe(meters.Remaining);
        return meters.IsAllowed
            ? new EvaluateResult(null, payload.Digest, headroom, trace.Build(taken))
            : new EvaluateResult(meters.Denial, payload.Digest, headroom, trace.Build());
    }

    private async Task<SignResult> SignAsync(
        Principal caller,
        string sessionId,
        string requestId,
        PayloadKind kind,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        var request = SignRequest.Parse(caller, requestId, kind, body);
        while (true)
        {
            ThrowIfCancelled(cancellationToken);
            // 1. Find the session. Anybody but its owner learns nothing of it.
            var (session, record) = _registry.Find(caller, sessionId);
            if (session is null)
            {
                return (record.EndReason == SessionEndReason.Revoked ? null : FindAnswer(null, record, request))
                    ?? throw await RefuseAsync(record, request, null, Refusal.Of(LiveSession.EndedDenial(record.EndReason)));
            }
            // 2. Claim the request identifier: the same request is answered once, and whoever repeats it meanwhile waits for that answer.
            Task<SignResult> outcome;
            switch (session.Claim(request.Key, request.BodyHash, out var sameUnderWay))
            {
                case RequestClaim.Started:
                    outcome = RunAsync(session, request, cancellationToken);
                    break;
                case RequestClaim.Answered when session.IsRevoked:
                    throw await RefuseAsync(record, request, null, Refusal.Of(session.EndedDenialNow()));
                case RequestClaim.Answered:
                    return FindAnswer(session, record, request) ?? throw Failures.JournalFailed();
                default:
                    outcome = sameUnderWay!;
                    break;
            }
            try
            {
                return await outcome.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                _ = ObserveAsync(outcome);
                throw Failures.CancelledLate();
            }
            catch (SignerException failure) when (failure.Code == ErrorCode.Cancelled && !cancellationToken.IsCancellationRequested)
            {
                // The one that ran was cancelled before anything was decided; this one was not.
                continue;
            }
        }
    }

    private async Task<SignResult> RunAsync(LiveSession session, SignRequest request, CancellationToken cancellationToken)
    {
        var answered = false;
        RequestUnderWay? waiting = null;
        try
        {
            if (!_journal.IsWritable)
            {
                throw Failures.JournalFailed();
            }
            // 3. to 8. Decode, check, reserve, sign, queue; see there.
            var queued = Queue(session, request, cancellationToken);
            if (queued.Durable is null)
            {
                throw await RefuseAsync(session.Record, request, queued.Payload?.Digest, queued.Refusal);
            }
            // 9. Wait until entry, answer and debits are durable. If that fails, the signature is dropped and nothing is given back.
            var index = await queued.Durable;
            answered = true;
            // 10. Answer, unless the session was revoked meanwhile: the log has the signature then, but it does not leave.
            var result = ToResult(queued.Payload!, queued.Signature65, session.Describe(queued.Remaining), index);
            waiting = session.FinishClaim(request.Key, answered, out var mayAnswer);
            if (!mayAnswer)
            {
                throw await RefuseAsync(session.Record, request, result.Digest, Refusal.Of(session.EndedDenialNow()));
            }
            waiting.Tell(result);
            return result;
        }
        catch (Exception failure)
        {
            (waiting ?? session.FinishClaim(request.Key, answered, out _)).Tell(failure);
            throw;
        }
    }

    private QueuedSignature Queue(LiveSession session, SignRequest request, CancellationToken cancellationToken)
    {
        // 3. Decode the payload here; the digest is computed from what was decoded.
        var decoded = PayloadDecoder.Decode(request.Kind, request.Body);
        if (!decoded.IsDecoded)
        {
            return QueuedSignature.Refuse(null, decoded.Denial);
        }
        var payload = decoded.Payload;
        // 4. The time window, by both clocks.
        if (session.Clock.Check() is { } outside)
        {
            if (session.Clock.HasExpired)
            {
                _registry.EndExpired(session);
            }
            return QueuedSignature.Refuse(payload, outside);
        }
        // 5. The ceiling and the narrowing.
        var evaluation = t_evaluation ??= new ScopeEvaluation();
        var nowMs = session.Clock.NowMs;
        var decision = evaluation.Evaluate(session.Ceiling, session.Narrowing, payload, nowMs / 1_000, session.Facts);
        if (!decision.IsAllowed)
        {
            return QueuedSignature.Refuse(payload, Explanation.OfScope(evaluation, session, payload, nowMs / 1_000, decision));
        }
        ThrowIfCancelled(cancellationToken);
        // 6. Reserve budgets, rates and counts of both sides, all or nothing.
        var reserved = session.TryReserve(evaluation);
        if (!reserved.IsAllowed)
        {
            return QueuedSignature.Refuse(payload, Explanation.OfMeters(reserved));
        }
        // 7. Sign in the vault. From here on nothing is given back, but if the journal does not take the write.
        var signature65 = new byte[65];
        if (!session.TrySign(payload.Digest, signature65))
        {
            return QueuedSignature.Refuse(payload, session.EndedDenialNow());
        }
        // 8. Queue entry, answer and debits, unless the session has ended or expired meanwhile: then the signature is dropped.
        var draft = new SignedDraft(session.Record, request, payload, evaluation, signature65, nowMs);
        return session.TryQueueSigned(_journal, draft, evaluation, reserved.At, out var durable)
            ? new QueuedSignature(payload, null, signature65, reserved.Remaining, durable)
            : QueuedSignature.Refuse(payload, session.Clock.Check() ?? session.EndedDenialNow());
    }

    private async Task<SignerException> RefuseAsync(SessionRecord session, SignRequest request, Hash32? digest, Refusal? refusal)
    {
        if (_registry.IsShuttingDown)
        {
            return Failures.ShuttingDown();
        }
        _registry.Allowance.Take(request.Caller, EntryAllowance.Refusal);
        var (denial, trace) = refusal ?? Refusal.Of(Denial.NotStated);
        var clipped = AuditText.Clip(denial);
        var index = await _journal.Append(SigningEntries.Refused(session, request, digest, clipped, _registry.NowMs));
        return Failures.Denied(clipped, index, trace);
    }

    private SignResult? FindAnswer(LiveSession? session, SessionRecord record, SignRequest request)
    {
        if (_journal.FindAnswer(record.SessionId, request.RequestId) is not { } found)
        {
            return null;
        }
        if (found.BodyHash != request.BodyHash)
        {
            throw Failures.RequestIdReused();
        }
        // The same body was decoded before; decoding is a pure function.
        var decoded = PayloadDecoder.Decode(request.Kind, request.Body);
        return decoded.IsDecoded
            ? ToResult(decoded.Payload, found.Answer.ToArray(), session?.ReadHeadroom() ?? [], found.AuditIndex)
            : null;
    }

    private static SignResult ToResult(SigningPayload payload, byte[] signature65, IReadOnlyList<Headroom> headroom, long auditIndex) =>
        new(payload.Digest, signature65, (payload as TransactionPayload)?.Transaction.EncodeSigned(signature65), headroom, auditIndex)
        {
            UserOperationHash = (payload as UserOperationPayload)?.Operation.Hash,
        };

    private static void ThrowIfCancelled(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            throw Failures.CancelledEarly();
        }
    }

    private static EvaluateResult RefuseDryRun(Denial denial, Hash32? digest, IReadOnlyList<Headroom> headroom) =>
        new(AuditText.Clip(denial), digest, headroom, Refusal.Of(denial).Trace);

    private static async Task ObserveAsync(Task<SignResult> outcome) =>
        await ((Task)outcome).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Outcome of steps 3 to 8. The zero value is a refusal.</summary>
    private readonly record struct QueuedSignature(
        SigningPayload? Payload,
        Refusal? Refusal,
        byte[] Signature65,
        UInt256[] Remaining,
        Task<long>? Durable
    )
    {
        public static QueuedSignature Refuse(SigningPayload? payload, Refusal refusal) => new(payload, refusal, [], [], null);

        public static QueuedSignature Refuse(SigningPayload? payload, Denial denial) => Refuse(payload, Core.Refusal.Of(denial));
    }
}
