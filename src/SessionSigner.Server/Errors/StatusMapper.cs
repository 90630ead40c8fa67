using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using SessionSigner.Core;
using Denial = SessionSigner.Core.Denial;
using Status = Google.Rpc.Status;

namespace SessionSigner.Server;

/// <summary>The one place where the errors of the domain become gRPC statuses, with google.rpc details and the typed denial.</summary>
internal static class StatusMapper
{
    /// <summary>Domain of google.rpc.ErrorInfo.</summary>
    public const string Domain = "sessionsigner";

    private const string DefectText = "The daemon failed. Its log says why.";

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>The gRPC code of an error. Every error of the list is named; what is not is a defect.</summary>
    public static StatusCode CodeOf(ErrorCode code) =>
        code switch
        {
            ErrorCode.Unspecified => StatusCode.Internal,
            ErrorCode.InvalidRequest => StatusCode.InvalidArgument,
            ErrorCode.RoleMissing => StatusCode.PermissionDenied,
            ErrorCode.SessionNotFound => StatusCode.NotFound,
            ErrorCode.NotFound => StatusCode.NotFound,
            ErrorCode.RequestIdReused => StatusCode.AlreadyExists,
            ErrorCode.SessionEnded => StatusCode.FailedPrecondition,
            ErrorCode.PolicyState => StatusCode.FailedPrecondition,
            ErrorCode.NotReleasable => StatusCode.FailedPrecondition,
            ErrorCode.Denied => StatusCode.PermissionDenied,
            ErrorCode.Overloaded => StatusCode.ResourceExhausted,
            ErrorCode.VaultFull => StatusCode.ResourceExhausted,
            ErrorCode.Cancelled => StatusCode.Cancelled,
            ErrorCode.TokenUnavailable => StatusCode.Unavailable,
            ErrorCode.TokenMisbehaved => StatusCode.Internal,
            ErrorCode.JournalFailed => StatusCode.Unavailable,
            ErrorCode.ShuttingDown => StatusCode.Unavailable,
            _ => StatusCode.Internal,
        };

    /// <summary>The reason in google.rpc.ErrorInfo, for example "SESSION_NOT_FOUND".</summary>
    public static string ReasonOf(ErrorCode code) =>
        code switch
        {
            ErrorCode.Unspecified => "DEFECT",
            ErrorCode.InvalidRequest => "INVALID_REQUEST",
            ErrorCode.RoleMissing => "ROLE_MISSING",
            ErrorCode.SessionNotFound => "SESSION_NOT_FOUND",
            ErrorCode.NotFound => "NOT_FOUND",
            ErrorCode.RequestIdReused => "REQUEST_ID_REUSED",
            ErrorCode.SessionEnded => "SESSION_ENDED",
            ErrorCode.PolicyState => "POLICY_STATE",
            ErrorCode.NotReleasable => "NOT_RELEASABLE",
            ErrorCode.Denied => "DENIED",
            ErrorCode.Overloaded => "OVERLOADED",
            ErrorCode.VaultFull => "VAULT_FULL",
            ErrorCode.Cancelled => "CANCELLED",
            ErrorCode.TokenUnavailable => "TOKEN_UNAVAILABLE",
            ErrorCode.TokenMisbehaved => "TOKEN_MISBEHAVED",
            ErrorCode.JournalFailed => "JOURNAL_FAILED",
            ErrorCode.ShuttingDown => "SHUTTING_DOWN",
            _ => "DEFECT",
        };

    /// <summary>Maps an error of the domain.</summary>
    public static RpcException Map(SignerException exception)
    {
        // A full rate window opens again by waiting; nothing else of a denial does.
        var isRate = exception is { Code: ErrorCode.Denied, Denial.Reason: DenialReason.RateExceeded };
        var status = new Status
        {
            Code = (int)(isRate ? StatusCode.ResourceExhausted : CodeOf(exception.Code)),
            Message = exception.Code == ErrorCode.Unspecified ? DefectText : exception.Message,
        };
        var info = new ErrorInfo { Domain = Domain, Reason = ReasonOf(exception.Code) };
        if (exception.Field.Length > 0)
        {
            info.Metadata["field"] = exception.Field;
        }
        if (exception.AuditIndex is { } index)
        {
            info.Metadata["audit_index"] = index.ToString(CultureInfo.InvariantCulture);
        }
        if (exception.Denial is { } denial)
        {
            info.Metadata["denial_reason"] = MessageMapper.ReasonName(denial.Reason);
            info.Metadata["rule"] = denial.Rule;
        }
        Add(status, info);
        if (exception.Code == ErrorCode.InvalidRequest && exception.Field.Length > 0)
        {
            var violation = new BadRequest.Types.FieldViolation { Field = exception.Field, Description = exception.Message };
            Add(status, new BadRequest { FieldViolations = { violation } });
        }
        if (exception.Denial is not null)
        {
            Add(status, MessageMapper.ToMessage(exception.Denial, exception.AuditIndex, exception.Trace));
        }
        if (DelayOf(exception.Code, exception.Denial) is { } delay)
        {
            Add(status, new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) });
        }
        return status.ToRpcException();
    }

    /// <summary>The answer to anything unforeseen: constant text, no cause.</summary>
    public static RpcException Defect() => Map(new SignerException(ErrorCode.Unspecified, DefectText));

    private static TimeSpan? DelayOf(ErrorCode code, Denial? denial) =>
        code switch
        {
            ErrorCode.Denied when denial is { RetryAfterMs: > 0 } => TimeSpan.FromMilliseconds(denial.RetryAfterMs),
            ErrorCode.Overloaded or ErrorCode.VaultFull or ErrorCode.TokenUnavailable => RetryDelay,
            _ => null,
        };

    private static void Add(Status status, IMessage detail) => status.Details.Add(Any.Pack(detail));
}
