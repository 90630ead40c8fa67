using SessionSigner.Core;

namespace SessionSigner.Storage;

/// <summary>What callers of the journal get to see: constant text.</summary>
internal static class JournalErrors
{
    public static SignerException Failed(Exception? cause = null) =>
        new(
            ErrorCode.JournalFailed,
            "The journal cannot be written. Nothing is signed until it has been reopened and verified.",
            inner: cause
        );

    public static SignerException Overloaded() => new(ErrorCode.Overloaded, "Too many writes are waiting for the journal. Try again.");

    public static SignerException ShuttingDown() => new(ErrorCode.ShuttingDown, "The journal is closed.");

    public static SignerException RequestIdReused() =>
        new(ErrorCode.RequestIdReused, "This request identifier has been answered already.", "request_id");

    public static SignerException SessionNotFound() => new(ErrorCode.SessionNotFound, "No such session.", "session_id");

    public static SignerException SessionEnded() => new(ErrorCode.SessionEnded, "The session has ended.", "session_id");

    public static SignerException SessionExists() =>
        new(ErrorCode.InvalidRequest, "A session with this identifier or grant exists.", "session_id");

    public static SignerException PolicyOrder() =>
        new(ErrorCode.InvalidRequest, "The policy is not in a state that allows this, or no longer.", "policy");

    public static SignerException BudgetOverflow() => new(ErrorCode.InvalidRequest, "A budget's total would exceed 2^256 - 1.");

    public static SignerException NotSigned() => new(ErrorCode.NotReleasable, "There is no such signature in the log.");

    public static SignerException BudgetUnderflow() => new(ErrorCode.NotReleasable, "More would be given back than was taken.");
}
