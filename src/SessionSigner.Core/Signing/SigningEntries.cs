using System.Security.Cryptography;
using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A signature on its way to the journal: everything the entry needs but the booked totals, which are known only under the session's lock.</summary>
internal sealed class SignedDraft
{
    private readonly SessionRecord _session;
    private readonly SignRequest _request;
    private readonly Entry _entry;
    private readonly byte[] _signature65;

    public SignedDraft(
        SessionRecord session,
        SignRequest request,
        SigningPayload payload,
        ScopeEvaluation evaluation,
        byte[] signature65,
        long nowMs
    )
    {
        _session = session;
        _request = request;
        _signature65 = signature65;
        _entry = SigningEntries.About(session, request, EntryKind.Signed, nowMs) with
        {
            PayloadDigest = payload.Digest.ToArray(),
            SignatureHash = SHA256.HashData(signature65.AsSpan(0, 64)),
            Rule = evaluation.CeilingPermission,
            Detail = evaluation.NarrowingPermission,
        };
    }

    /// <summary>The request identifier's key.</summary>
    public UInt128 RequestKey => _request.Key;

    /// <summary>The write: entry, answer and debits, durable together.</summary>
    public JournalWrite ToWrite(IReadOnlyList<BookedDebit> booked)
    {
        var entryDebits = new BudgetDebit[booked.Count];
        var deltas = new BudgetDelta[booked.Count];
        for (var i = 0; i < booked.Count; i++)
        {
            var (meter, bucket, amount, after) = booked[i];
            entryDebits[i] = new BudgetDebit(meter.Path, amount.ToString(), after.ToString())
            {
                Per = meter.Per,
                Window = meter.Window,
                Bucket = bucket.Label,
            };
            deltas[i] = new BudgetDelta(_session.SessionId, meter.Path, amount)
            {
                Per = meter.Per,
                Window = meter.Window,
                Bucket = bucket.Label,
            };
        }
        return new JournalWrite(_entry with { Debits = entryDebits })
        {
            Answer = new StoredAnswer(_session.SessionId, _request.RequestId, _request.BodyHash, _signature65),
            Debits = deltas,
        };
    }
}

/// <summary>Audit entries of signing requests.</summary>
internal static class SigningEntries
{
    /// <summary>The entry of a refusal.</summary>
    /// <param name="session">The session.</param>
    /// <param name="request">The request.</param>
    /// <param name="digest">What would have been signed, or null if that could not be decoded.</param>
    /// <param name="denial">The refusal.</param>
    /// <param name="nowMs">Unix time in milliseconds.</param>
    public static JournalWrite Refused(SessionRecord session, SignRequest request, Hash32? digest, Denial denial, long nowMs) =>
        new(
            About(session, request, EntryKind.SignRefused, nowMs) with
            {
                PayloadDigest = digest?.ToArray() ?? [],
                Rule = denial.Rule,
                Reason = denial.Reason.ToString(),
                Observed = denial.Observed,
                Limit = denial.Limit,
            }
        );

    /// <summary>The entry of a release, without its debits.</summary>
    /// <param name="signed">The signature's entry.</param>
    /// <param name="index">Its index.</param>
    /// <param name="caller">Who releases.</param>
    /// <param name="outcome">What became of it, in a word.</param>
    /// <param name="nowMs">Unix time in milliseconds.</param>
    public static Entry Released(Entry signed, long index, Principal caller, string outcome, long nowMs) =>
        signed with
        {
            Kind = EntryKind.ReservationReleased,
            TimeMs = nowMs,
            Principal = caller.Identity,
            SignatureHash = default,
            Rule = "",
            Detail = outcome,
            ReleasedIndex = index,
        };

    /// <summary>What every entry about a signing request says.</summary>
    public static Entry About(SessionRecord session, SignRequest request, EntryKind kind, long nowMs) =>
        new()
        {
            Kind = kind,
            TimeMs = nowMs,
            Principal = request.Caller.Identity,
            SessionId = session.SessionId,
            RequestId = request.RequestId,
            Policy = session.Policy,
            PolicyDigest = session.PolicyDigest.ToArray(),
            PrimaryKey = session.PrimaryKey,
            PayloadKind = PayloadKindText.Of(request.Kind),
        };
}
