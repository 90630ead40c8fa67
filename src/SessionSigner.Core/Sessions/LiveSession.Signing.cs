using System.Diagnostics.CodeAnalysis;
using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>The steps of signing that look at or change the session, in their order.</summary>
internal sealed partial class LiveSession
{
    /// <summary>Step 2: claims a request identifier.</summary>
    /// <param name="request">128 bits of the identifier's hash.</param>
    /// <param name="body">Hash of the body.</param>
    /// <param name="sameUnderWay">The outcome of the same request if it is under way.</param>
    /// <exception cref="SignerException"><see cref="ErrorCode.RequestIdReused"/>.</exception>
    public RequestClaim Claim(UInt128 request, in Hash32 body, out Task<SignResult>? sameUnderWay)
    {
        sameUnderWay = null;
        lock (_gate)
        {
            if (_requests.IsAnswered(request))
            {
                return RequestClaim.Answered;
            }
            if (_requests.FindOrStart(request, body) is not { } other)
            {
                return RequestClaim.Started;
            }
            if (other.Body != body)
            {
                throw Failures.RequestIdReused();
            }
            sameUnderWay = other.Join();
            return RequestClaim.UnderWay;
        }
    }

    /// <summary>Ends a claim that <see cref="Claim"/> started.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answered">Whether the log has its signature.</param>
    /// <param name="mayAnswer">Whether the signature may leave: it may not once the session has been revoked.</param>
    public RequestUnderWay FinishClaim(UInt128 request, bool answered, out bool mayAnswer)
    {
        lock (_gate)
        {
            _released += answered ? 1 : 0;
            mayAnswer = answered && !IsRevokedInLock;
            return _requests.Finish(request, answered);
        }
    }

    /// <summary>Step 6: takes what the evaluation debits from every meter of both sides, or nothing.</summary>
    public MeterDecision TryReserve(ScopeEvaluation debits)
    {
        lock (_gate)
        {
            // The clocks are read under the lock, so that the meters see time only go forward.
            return _phase == Phase.Open ? _meters.TryReserve(debits, Clock.ReadMeterTime()) : RefuseEnded();
        }
    }

    /// <summary>What <see cref="TryReserve"/> would answer, and what would be left; takes nothing.</summary>
    /// <param name="debits">As there.</param>
    /// <param name="taken">Receives what would be taken from each budget, if anything would.</param>
    public MeterDecision Preview(ScopeEvaluation debits, List<TraceDebit> taken)
    {
        lock (_gate)
        {
            return _phase == Phase.Open ? _meters.Preview(debits, Clock.ReadMeterTime(), taken) : RefuseEnded();
        }
    }

    /// <summary>Step 7: signs in the vault.</summary>
    /// <returns>False if the key has been wiped.</returns>
    public bool TrySign(in Hash32 digest, Span<byte> signature65) => _key.TrySign(digest, signature65);

    /// <summary>
    /// Step 8: queues the signature's entry and books its debits, unless the session has ended or its window has passed. What was reserved is given back only if
    /// the journal says at once that nothing was queued.
    /// </summary>
    /// <returns>False if the session has ended or its window has passed; nothing is queued then.</returns>
    public bool TryQueueSigned(
        IJournal journal,
        SignedDraft draft,
        ScopeEvaluation debits,
        MeterTime reservedAt,
        [NotNullWhen(true)] out Task<long>? durable
    )
    {
        durable = null;
        lock (_gate)
        {
            // The clock once more: the process may have been stopped for long since the window was checked.
            if (_phase != Phase.Open || Clock.HasExpired)
            {
                return false;
            }
            try
            {
                durable = _meters.Book(debits, draft.RequestKey, booked => journal.Append(draft.ToWrite(booked)));
                return true;
            }
            catch (SignerException failure) when (failure.Code == ErrorCode.Overloaded)
            {
                _meters.Release(debits.Reservation, reservedAt);
                throw;
            }
        }
    }

    /// <summary>Gives back what a signature of this session took, also after its end.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.NotReleasable"/>.</exception>
    public Task<long> GiveBack(
        IReadOnlyList<BudgetDebit> debits,
        UInt128 request,
        bool isTransaction,
        bool isVoid,
        Func<IReadOnlyList<BookedDebit?>, Task<long>> append
    )
    {
        lock (_gate)
        {
            return isTransaction && isVoid && !_meters.IsSole(request)
                ? throw Failures.NotReleasable()
                : _meters.GiveBack(debits, request, isVoid, Clock.ReadMeterTime(), append);
        }
    }

    private bool IsRevokedInLock => _end is { Reason: SessionEndReason.Revoked };

    private MeterDecision RefuseEnded() => MeterDecision.Refuse([EndedDenial(_end?.Reason ?? SessionEndReason.None)], [], default);
}

/// <summary>What became of a claim on a request identifier.</summary>
internal enum RequestClaim
{
    /// <summary>The same request is under way; wait for it.</summary>
    UnderWay = 0,

    /// <summary>It was answered; the journal has the answer.</summary>
    Answered = 1,

    /// <summary>It is the caller's to run and to finish.</summary>
    Started = 2,
}
