using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage;

/// <summary>
/// The entry of a write must say what the write changes: then the state can be recomputed from the log, and is when the journal is opened.
/// </summary>
internal static class WriteRules
{
    private const int AnswerSizeMax = 4096;
    private const int DocumentSizeMax = 131_072;

    /// <summary>Refuses a write whose changes its entry does not record.</summary>
    /// <exception cref="ArgumentException">The message says what differs; a defect of the caller.</exception>
    public static void Check(JournalWrite write)
    {
        var entry = write.Entry;
        Require(
            entry.Kind == EntryKind.SessionOpened == write.Opened is not null,
            "An entry SessionOpened goes with a session that opens."
        );
        Require(entry.Kind == EntryKind.SessionEnded == write.Ended is not null, "An entry SessionEnded goes with a session that ends.");
        Require(entry.Kind != EntryKind.Signed || entry.SessionId.Length > 0, "An entry Signed names its session.");
        Require(
            entry.Kind == EntryKind.ReservationReleased == write.Released is not null,
            "An entry ReservationReleased goes with a reservation that is released."
        );
        if (write.Released is { } released)
        {
            CheckReleased(write, released);
        }
        if (write.Opened is { } opened)
        {
            CheckOpened(entry, opened);
        }
        if (write.Ended is { } ended)
        {
            CheckEnded(entry, ended);
        }
        CheckDebits(entry, entry.Debits, write.Debits);
        CheckDocument(entry, write.Document);
        Require(
            AnswerRules.HasAnswer(entry.Kind) == write.Answer is not null,
            "An answer goes with an entry that opens, signs in, ends or releases in a session, and only with those."
        );
        if (write.Answer is { } answer)
        {
            CheckAnswer(entry, answer);
        }
    }

    private static void CheckOpened(Entry entry, SessionRecord opened)
    {
        Require(entry.SessionId.Length > 0 && opened.SessionId == entry.SessionId, "The session that opens is not the entry's.");
        Require(opened.Principal == entry.Principal, "The session's principal is not the entry's.");
        Require(opened.Policy == entry.Policy, "The session's policy is not the entry's.");
        Require(opened.PrimaryKey == entry.PrimaryKey, "The session's primary key is not the entry's.");
        Require(opened.PolicyDigest.ToArray().AsSpan().SequenceEqual(entry.PolicyDigest.Span), "The policy's digest is not the entry's.");
        Require(opened.OpenedAtMs == entry.TimeMs, "The session's opening is at another time than the entry.");
        Require(opened.GrantJson.Span.SequenceEqual(entry.Grant.Span), "The session's grant is not the entry's.");
        Require(SessionGrant.Matches(opened), "The session's key, account, window, policy or grant identifier is not the grant's.");
        Require(
            opened is { EndReason: SessionEndReason.None, EndedBy: "", EndedAtMs: 0, Signatures: 0 },
            "A session that opens has not ended and has signed nothing."
        );
    }

    private static void CheckEnded(Entry entry, SessionEnd ended)
    {
        Require(ended.SessionId == entry.SessionId, "The session that ends is not the entry's.");
        Require(ended.Reason is > SessionEndReason.None and <= SessionEndReason.Lost, "A session ends for a reason.");
        Require(SessionEnd.WordOf(ended.Reason) == entry.Detail, "The reason of the end is not the entry's.");
        Require(ended.EndedBy == entry.Principal, "Who ended the session is not the entry's principal.");
        Require(ended.EndedAtMs == entry.TimeMs, "The session's end is at another time than the entry.");
    }

    // What was not given back has no sum and changes nothing.
    private static void CheckReleased(JournalWrite write, ReleasedReservation released)
    {
        var entry = write.Entry;
        Require(entry.SessionId.Length > 0 && released.Session.SessionId == entry.SessionId, "The session is not the entry's.");
        Require(released.Index == entry.ReleasedIndex, "The released reservation is not the entry's.");
        Require(
            released.Session.Policy == entry.Policy && released.Session.PrimaryKey == entry.PrimaryKey,
            "The policy or the primary key of the session is not the entry's."
        );
    }

    private static void CheckDebits(Entry entry, IReadOnlyList<BudgetDebit> stated, IReadOnlyList<BudgetDelta> debits)
    {
        stated = entry.Kind == EntryKind.ReservationReleased ? [.. stated.Where(debit => debit.SpentAfter.Length > 0)] : stated;
        Require(debits.Count == stated.Count, "The entry does not list the debits.");
        Require(
            debits.Count == 0 || entry.Kind is EntryKind.Signed or EntryKind.ReservationReleased,
            "Only an entry Signed has debits, and one that gives them back."
        );
        for (var i = 0; i < debits.Count; i++)
        {
            Require(debits[i].SessionId == entry.SessionId, "A debit is of another session than the entry.");
            Require(
                debits[i].Budget == stated[i].Budget
                    && debits[i].Per == stated[i].Per
                    && debits[i].Window == stated[i].Window
                    && debits[i].Bucket == stated[i].Bucket,
                "A debit is of another budget than the entry's."
            );
            Require(
                debits[i].Per.Length == 0 || (entry.Principal.Length > 0 && entry.Policy.Length > 0 && entry.PrimaryKey.Length > 0),
                "An entry with a debit of a shared budget says who shares it."
            );
            Require(
                UInt256.TryParse(stated[i].Amount, out var amount) && amount == debits[i].Amount,
                "A debit is of another amount than the entry's."
            );
        }
    }

    /// <summary>Whether a document goes with an entry: with a proposal, and with the first roster, which has no other before it.</summary>
    public static bool BringsDocument(Entry entry) =>
        entry.Kind == EntryKind.PolicyProposed || (entry.Kind == EntryKind.PolicyActivated && entry.RosterDigest.Length == 0);

    private static void CheckDocument(Entry entry, ReadOnlyMemory<byte> document)
    {
        Require(BringsDocument(entry) == document.Length > 0, "A document goes with an entry that proposes it.");
        Require(document.Length <= DocumentSizeMax, "A document has at most 131,072 bytes.");
        Require(
            document.Length == 0 || Keccak256.Hash(document.Span).ToArray().AsSpan().SequenceEqual(entry.PolicyDigest.Span),
            "The document is not the entry's."
        );
    }

    private static void CheckAnswer(Entry entry, StoredAnswer answer)
    {
        Require(answer.SessionId.Length is > 0 and <= 256, "The owner of an answer has 1 to 256 characters.");
        Require(answer.RequestId.Length is > 0 and <= 64, "The request of an answer has 1 to 64 characters.");
        Require(answer.Answer.Length <= AnswerSizeMax, "An answer has at most 4,096 bytes.");
        Require(
            AnswerRules.Matches(entry, answer.SessionId, answer.RequestId, answer.Answer.Span),
            "The answer is not what the entry records."
        );
    }

    // The exception names the parameter of Append.
    private static void Require(bool write, string rule)
    {
        if (!write)
        {
            throw new ArgumentException(rule, nameof(write));
        }
    }
}
