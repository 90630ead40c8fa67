using System.Security.Cryptography;
using System.Text;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage.Tests;

/// <summary>Writes as the daemon makes them.</summary>
internal static class Writes
{
    public const string Principal = "spiffe://desk.example/bot/1";
    public const string Budget = "ceiling.budgets[usdc]";

    public static string SessionId(int number) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"session {number}"))[..16]);

    public static Hash32 Hash(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static JournalWrite Started() =>
        new(
            new Entry
            {
                Kind = EntryKind.DaemonStarted,
                TimeMs = 1_700_000_000_000,
                Detail = "test",
            }
        );

    public static JournalWrite Opened(int number, string principal = Principal, string primaryKey = "desk-1")
    {
        var id = SessionId(number);
        var grant = GrantSamples.Of(number);
        var grantJson = GrantSamples.ToJson(grant);
        return new JournalWrite(
            new Entry
            {
                Kind = EntryKind.SessionOpened,
                TimeMs = 1_700_000_000_000 + number,
                Principal = principal,
                SessionId = id,
                RequestId = $"open-{number}",
                Policy = "desk",
                PolicyDigest = Hash("policy").ToArray(),
                PrimaryKey = primaryKey,
                Grant = grantJson,
            }
        )
        {
            Opened = new SessionRecord
            {
                SessionId = id,
                Principal = principal,
                Policy = "desk",
                PolicyDigest = Hash("policy"),
                PrimaryKey = primaryKey,
                GrantId = grant.GrantId,
                Account = grant.Account,
                Address = Address.FromPublicKey(grant.SessionKey.Compressed.Span),
                PublicKey = grant.SessionKey.Compressed,
                NotBefore = grant.NotBefore,
                NotAfter = grant.NotAfter,
                OpenedAtMs = 1_700_000_000_000 + number,
                GrantJson = grantJson,
            },
            Answer = new StoredAnswer(principal, $"open-{number}", Hash($"open body {number}"), Encoding.UTF8.GetBytes(id)),
        };
    }

    public static byte[] Signature(string requestId)
    {
        var signature = new byte[65];
        SHA512.HashData(Encoding.UTF8.GetBytes(requestId), signature.AsSpan(0, 64));
        signature[64] = 1;
        return signature;
    }

    public static JournalWrite Signed(int session, string requestId, ulong amount, string budget = Budget) =>
        Signed(session, requestId, new BudgetDelta(SessionId(session), budget, amount));

    /// <summary>A debit of a budget that all sessions of the policy share.</summary>
    public static BudgetDelta Shared(int session, ulong amount, string per = "policy", string window = "", long bucket = 0) =>
        new(SessionId(session), Budget, amount)
        {
            Per = per,
            Window = window,
            Bucket = bucket,
        };

    public static JournalWrite Signed(int session, string requestId, params BudgetDelta[] debits)
    {
        var signature = Signature(requestId);
        return new JournalWrite(
            new Entry
            {
                Kind = EntryKind.Signed,
                TimeMs = 1_700_000_000_500,
                Principal = Principal,
                SessionId = SessionId(session),
                RequestId = requestId,
                Policy = "desk",
                PolicyDigest = Hash("policy").ToArray(),
                PrimaryKey = "desk-1",
                PayloadKind = "transaction",
                PayloadDigest = Hash(requestId).ToArray(),
                SignatureHash = SHA256.HashData(signature.AsSpan(0, 64)),
                Rule = "ceiling.permissions[0]",
                Debits =
                [
                    .. debits.Select(debit => new BudgetDebit(debit.Budget, debit.Amount.ToString(), "0")
                    {
                        Per = debit.Per,
                        Window = debit.Window,
                        Bucket = debit.Bucket,
                    }),
                ],
            }
        )
        {
            Answer = new StoredAnswer(SessionId(session), requestId, Hash($"body {requestId}"), signature),
            Debits = debits,
        };
    }

    /// <summary>Gives back a signature's debits, each with the sum that is left.</summary>
    public static JournalWrite Released(JournalWrite signed, long index, params string[] left) =>
        new(
            signed.Entry with
            {
                Kind = EntryKind.ReservationReleased,
                TimeMs = 1_700_000_000_900,
                Principal = "spiffe://desk.example/settler",
                SignatureHash = default,
                Rule = "",
                Detail = "void",
                ReleasedIndex = index,
                Debits = [.. signed.Entry.Debits.Zip(left, (debit, sum) => debit with { SpentAfter = sum })],
            }
        )
        {
            Released = new ReleasedReservation(index, RecordOf(signed.Entry)),
            Answer = new StoredAnswer(signed.Entry.SessionId, ReleasedReservation.AnswerIdOf(index), Hash("void"), "void"u8.ToArray()),
            Debits = [.. signed.Debits.Where((_, i) => left[i].Length > 0)],
        };

    private static SessionRecord RecordOf(Entry entry) =>
        Opened(Enumerable.Range(0, 20).First(number => SessionId(number) == entry.SessionId)).Opened!;

    public static JournalWrite Refused(int session, string requestId) =>
        new(
            new Entry
            {
                Kind = EntryKind.SignRefused,
                TimeMs = 1_700_000_000_600,
                Principal = Principal,
                SessionId = SessionId(session),
                RequestId = requestId,
                Rule = Budget,
                Reason = "BUDGET_EXCEEDED",
                Observed = "11",
                Limit = "10",
            }
        );

    public static JournalWrite Ended(int session, SessionEndReason reason = SessionEndReason.Closed) =>
        new(
            new Entry
            {
                Kind = EntryKind.SessionEnded,
                TimeMs = 1_700_000_001_000,
                Principal = Principal,
                SessionId = SessionId(session),
                Detail = SessionEnd.WordOf(reason),
            }
        )
        {
            Ended = new SessionEnd(SessionId(session), reason, Principal, 1_700_000_001_000),
            Answer = new StoredAnswer(SessionId(session), SessionEnd.AnswerId, default, Encoding.UTF8.GetBytes(SessionEnd.WordOf(reason))),
        };
}
