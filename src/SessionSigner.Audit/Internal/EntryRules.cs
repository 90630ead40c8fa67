using System.Buffers;
using System.Globalization;
using System.Text;

namespace SessionSigner.Audit;

/// <summary>
/// What every entry keeps to, whether written or read.
/// SPEC: proto/spec/audit-log.md, "Fields"
/// </summary>
internal static class EntryRules
{
    public const int DebitsMax = 64;
    public const int DigestSize = 32;
    public const int ApprovalSizeMax = 4_096;

    /// <summary>9999-12-31T23:59:59.999Z, the last moment RFC 3339 can write.</summary>
    public const long TimeMsMax = 253_402_300_799_999;

    private const long SecondsPerDay = 86_400;
    private const long RollingSecondsMax = 31 * SecondsPerDay;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private const string UInt256Max = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

    /// <summary>The first rule the entry breaks, as constant text that names the field, or null.</summary>
    public static string? FindFault(Entry entry) =>
        entry.Kind is < EntryKind.DaemonStarted or > EntryKind.ReservationReleased ? "kind: not a known value."
        : entry.TimeMs is < 0 or > TimeMsMax ? "time_ms: not between 0 and the end of the year 9999."
        : !IsText(entry.Principal, 256) ? "principal: more than 256 characters, or a character that is not allowed."
        : !IsSessionId(entry.SessionId) ? "session_id: not 32 lower-case hexadecimal digits."
        : !IsText(entry.RequestId, 64) ? "request_id: more than 64 characters, or a character that is not allowed."
        : !IsText(entry.Policy, 256) ? "policy: more than 256 characters, or a character that is not allowed."
        : !IsDigest(entry.PolicyDigest) ? "policy_digest: not 32 bytes."
        : !IsText(entry.PrimaryKey, 256) ? "primary_key: more than 256 characters, or a character that is not allowed."
        : !IsText(entry.PayloadKind, 64) ? "payload_kind: more than 64 characters, or a character that is not allowed."
        : !IsDigest(entry.PayloadDigest) ? "payload_digest: not 32 bytes."
        : !IsDigest(entry.SignatureHash) ? "signature_hash: not 32 bytes."
        : !IsText(entry.Rule, 256) ? "rule: more than 256 characters, or a character that is not allowed."
        : !IsText(entry.Reason, 64) ? "reason: more than 64 characters, or a character that is not allowed."
        : !IsText(entry.Observed, 256) ? "observed: more than 256 characters, or a character that is not allowed."
        : !IsText(entry.Limit, 256) ? "limit: more than 256 characters, or a character that is not allowed."
        : FindDebitFault(entry.Debits, entry.Kind == EntryKind.ReservationReleased) is { } fault ? fault
        : !IsText(entry.Detail, 512) ? "detail: more than 512 characters, or a character that is not allowed."
        : FindPolicyFault(entry);

    private static string? FindPolicyFault(Entry entry) =>
        entry.DocumentKind is not ("" or "policy" or "roster") ? "document_kind: not policy or roster."
        : !IsDigest(entry.RosterDigest) ? "roster_digest: not 32 bytes."
        : !IsText(entry.ApproverKey, 64) ? "approver_key: more than 64 characters, or a character that is not allowed."
        : entry.Approval.Length > ApprovalSizeMax ? "approval: more than 4,096 bytes."
        : entry.Kind == EntryKind.ReservationReleased != entry.ReleasedIndex > 0
            ? "released_index: missing from a release, or in an entry that is none."
        : null;

    private static string? FindDebitFault(IReadOnlyList<BudgetDebit> debits, bool isRelease)
    {
        if (debits.Count > DebitsMax)
        {
            return "debits: more than 64.";
        }
        for (var i = 0; i < debits.Count; i++)
        {
            var debit = debits[i];
            if (debit.Budget.Length == 0 || !IsText(debit.Budget, 128))
            {
                return "debits.budget: empty, more than 128 characters, or a character that is not allowed.";
            }
            if (!IsAmount(debit.Amount))
            {
                return "debits.amount: not a decimal number below 2^256 in its shortest form.";
            }
            if (!IsAmount(debit.SpentAfter) && !(isRelease && debit.SpentAfter.Length == 0))
            {
                return "debits.spent_after: not a decimal number below 2^256 in its shortest form.";
            }
            if (debit.Per is not ("" or "principal" or "policy" or "primary_key"))
            {
                return "debits.per: not principal, policy or primary_key.";
            }
            if (debit.Window is not ("" or "calendar_day" or "rolling"))
            {
                return "debits.window: not calendar_day or rolling.";
            }
            if (!IsBucket(debit.Window, debit.Bucket))
            {
                return "debits.bucket: not a second of the window, or given without one.";
            }
        }
        return null;
    }

    private static bool IsBucket(string window, long bucket) =>
        window switch
        {
            "" => bucket == 0,
            "calendar_day" => bucket is > 0 and <= TimeMsMax / 1_000 && bucket % SecondsPerDay == 0,
            // The end of a granule may lie as far behind the last moment as a granule is long.
            _ => bucket is > 0 and <= (TimeMsMax / 1_000) + RollingSecondsMax,
        };

    private static bool IsDigest(ReadOnlyMemory<byte> bytes) => bytes.Length is 0 or DigestSize;

    private static bool IsSessionId(string text) => text.Length == 0 || (text.Length == 32 && !text.AsSpan().ContainsAnyExcept(LowerHex));

    private static bool IsAmount(string text) =>
        text.Length is > 0 and <= 78
        && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
        && (text[0] != '0' || text.Length == 1)
        && (text.Length < UInt256Max.Length || string.CompareOrdinal(text, UInt256Max) <= 0);

    // A character is a Unicode scalar value. Controls, line separators and bidirectional overrides are refused: they would let an entry
    // look like another one when it is printed.
    private static bool IsText(string text, int charactersMax)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text.Length <= charactersMax;
        }
        var count = 0;
        for (var i = 0; i < text.Length; count++)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var consumed) != OperationStatus.Done)
            {
                return false;
            }
            if (
                Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
                || rune.Value is (>= 0x2028 and <= 0x202E) or (>= 0x2066 and <= 0x2069)
            )
            {
                return false;
            }
            i += consumed;
        }
        return count <= charactersMax;
    }
}
