using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// Gives back what a signature took, once, on the word of somebody whom the policy names and who signs nothing under it. The release is in the log
/// before anybody is told. One release runs at a time. Thread safe.
/// </summary>
public sealed class ReservationReleaser
{
    private readonly SessionRegistry _registry;
    private readonly IJournal _journal;

    /// <param name="registry">The sessions.</param>
    /// <param name="journal">The same journal that the registry has.</param>
    public ReservationReleaser(SessionRegistry registry, IJournal journal)
    {
        _registry = registry;
        _journal = journal;
    }

    /// <summary>Gives back what a signature took. Repeated, it gives the same answer and nothing more.</summary>
    /// <param name="caller">Must be among the releasers of the session's policy, and not its owner.</param>
    /// <param name="sessionId">The session, open or ended.</param>
    /// <param name="requestId">The request that was signed.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="cancellationToken">Stops waiting for its turn.</param>
    /// <exception cref="SignerException">
    /// <see cref="ErrorCode.InvalidRequest"/>; <see cref="ErrorCode.SessionNotFound"/>, the same whether there is none or the caller may not release in it;
    /// <see cref="ErrorCode.NotFound"/>: nothing was signed under this identifier; <see cref="ErrorCode.NotReleasable"/>;
    /// <see cref="ErrorCode.RequestIdReused"/>: it was released with another outcome; <see cref="ErrorCode.Overloaded"/>;
    /// <see cref="ErrorCode.JournalFailed"/>; <see cref="ErrorCode.ShuttingDown"/>.
    /// </exception>
    public async Task<ReleaseResult> ReleaseAsync(
        Principal caller,
        string sessionId,
        string requestId,
        ReleaseOutcome outcome,
        CancellationToken cancellationToken
    )
    {
        RequestFields.CheckRequestId(requestId);
        if (outcome is not (ReleaseOutcome.Executed or ReleaseOutcome.Void))
        {
            throw Failures.Invalid("outcome", "Must be executed or void.");
        }
        return await _registry.ReleaseAsync(() => RunAsync(caller, sessionId, requestId, outcome), cancellationToken);
    }

    private async Task<ReleaseResult> RunAsync(Principal caller, string sessionId, string requestId, ReleaseOutcome outcome)
    {
        var (live, record) = _registry.FindForRelease(caller, sessionId);
        // 1. What was signed, as the log has it.
        if (_journal.FindAnswer(record.SessionId, requestId) is not { AuditIndex: var index } || Read(index) is not { } signed)
        {
            throw new SignerException(ErrorCode.NotFound, "Nothing was signed in this session under this request_id.", "request_id");
        }
        // 2. Released before: the same answer, or none.
        var word = Word(outcome);
        var answer = new StoredAnswer(
            record.SessionId,
            ReleasedReservation.AnswerIdOf(index),
            Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(word)),
            System.Text.Encoding.ASCII.GetBytes(word)
        );
        if (_journal.FindAnswer(answer.SessionId, answer.RequestId) is { } earlier)
        {
            return earlier.BodyHash == answer.BodyHash && Read(earlier.AuditIndex) is { } released
                ? ToResult(released, index, earlier.AuditIndex)
                : throw new SignerException(ErrorCode.RequestIdReused, "It was released with another outcome.", "outcome");
        }
        if (_registry.IsShuttingDown)
        {
            throw Failures.ShuttingDown();
        }
        // 3. Queue the release, then give back; both under the locks of the totals.
        var entry = SigningEntries.Released(signed, index, caller, word, _registry.NowMs);
        Entry? written = null;
        Task<long> Append(IReadOnlyList<BookedDebit?> found) =>
            _journal.Append(ToWrite(written = entry with { Debits = Debits(signed, found) }, record, index, answer, found));
        var isVoid = outcome == ReleaseOutcome.Void;
        // Of these kinds every signature counted in full, whatever else was signed.
        var isReplaceable =
            PayloadKindText.Parse(signed.PayloadKind) is not (PayloadKind.TypedData or PayloadKind.Message or PayloadKind.Digest);
        var request = SignRequest.HashIdentifier(requestId);
        var durable = live is { IsOpen: true }
            ? live.GiveBack(signed.Debits, request, isReplaceable, isVoid, Append)
            : GiveBackEnded(record, signed, request, isReplaceable, isVoid, Append);
        // 4. Wait until it is durable.
        return ToResult(written!, index, await durable);
    }

    // Its own budgets ended with it; only what it shared still counts.
    private Task<long> GiveBackEnded(
        SessionRecord record,
        Entry signed,
        UInt128 request,
        bool isReplaceable,
        bool isVoid,
        Func<IReadOnlyList<BookedDebit?>, Task<long>> append
    ) =>
        isReplaceable && isVoid
            ? throw Failures.NotReleasable()
            : _registry.MetersOfEnded(record).GiveBack(signed.Debits, request, isVoid, _registry.ReadMeterTime(), append);

    private static JournalWrite ToWrite(
        Entry entry,
        SessionRecord session,
        long index,
        StoredAnswer answer,
        IReadOnlyList<BookedDebit?> found
    ) =>
        new(entry)
        {
            Answer = answer,
            Released = new ReleasedReservation(index, session),
            Debits =
            [
                .. found
                    .OfType<BookedDebit>()
                    .Select(booked => new BudgetDelta(session.SessionId, booked.Meter.Path, booked.Amount)
                    {
                        Per = booked.Meter.Per,
                        Window = booked.Meter.Window,
                        Bucket = booked.Bucket.Label,
                    }),
            ],
        };

    // As the signature's entry has them; with a sum only what is given back.
    private static BudgetDebit[] Debits(Entry signed, IReadOnlyList<BookedDebit?> found) =>
        [.. signed.Debits.Zip(found, (debit, booked) => debit with { SpentAfter = booked?.BookedAfter.ToString() ?? "" })];

    private Entry? Read(long index) =>
        _journal.ReadEntries(index, 1) is [var stored] && EntryCodec.TryDecode(stored.Bytes.Span, out var entry, out _)
            ? entry!.Kind is EntryKind.Signed or EntryKind.ReservationReleased
                ? entry
                : null
            : null;

    private static ReleaseResult ToResult(Entry released, long signedIndex, long auditIndex) =>
        new(
            [.. released.Debits.Where(debit => debit.SpentAfter.Length > 0).Select(debit => new GivenBack(debit.Budget, debit.Amount))],
            signedIndex,
            auditIndex
        );

    private static string Word(ReleaseOutcome outcome) => outcome == ReleaseOutcome.Void ? "void" : "executed";
}
