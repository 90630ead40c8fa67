namespace SessionSigner.Core;

/// <summary>The failures that several steps report, with their constant texts.</summary>
internal static class Failures
{
    public static SignerException Invalid(string field, string rule) => new(ErrorCode.InvalidRequest, rule, field);

    public static SignerException SessionNotFound() => new(ErrorCode.SessionNotFound, "There is no such session.", "session_id");

    public static SignerException RequestIdReused() =>
        new(ErrorCode.RequestIdReused, "This request_id was used with another body; use a new one.", "request_id");

    public static SignerException PolicyState(string message) => new(ErrorCode.PolicyState, message, "digest");

    public static SignerException NotReleasable() =>
        new(
            ErrorCode.NotReleasable,
            "A transaction can be released as void only while its session is open and while it is the only one signed for its nonce.",
            "request_id"
        );

    public static SignerException ShuttingDown() => new(ErrorCode.ShuttingDown, "The daemon is shutting down.");

    public static SignerException JournalFailed(Exception? cause = null) =>
        new(
            ErrorCode.JournalFailed,
            "The journal cannot be written; nothing is signed until it has been reopened and verified.",
            "",
            cause
        );

    public static SignerException CancelledEarly() =>
        new(ErrorCode.Cancelled, "Cancelled before anything was decided; nothing was consumed.");

    public static SignerException CancelledLate() =>
        new(ErrorCode.Cancelled, "Cancelled while the request was under way; it completes, and the same request_id gets its answer.");

    public static SignerException Ended(Denial denial, long? auditIndex, DecisionTrace? trace = null) =>
        new(ErrorCode.SessionEnded, "The session has ended; open a new one.")
        {
            Denial = denial,
            AuditIndex = auditIndex,
            Trace = trace ?? DecisionTrace.Empty,
        };

    public static SignerException Denied(Denial denial, long? auditIndex, DecisionTrace? trace = null) =>
        denial.Reason == DenialReason.SessionEnded
            ? Ended(denial, auditIndex, trace)
            : new(ErrorCode.Denied, "The request is outside the scope; the denial says which rule refused.")
            {
                Denial = denial,
                AuditIndex = auditIndex,
                Trace = trace ?? DecisionTrace.Empty,
            };
}
