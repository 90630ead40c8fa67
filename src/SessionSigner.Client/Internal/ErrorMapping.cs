using System.Net.Sockets;
using System.Security.Authentication;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using SessionSigner.V1;

namespace SessionSigner.Client;

/// <summary>The one place where a gRPC status becomes a typed exception: first by the typed denial, then by the daemon's reason, then by the status code.</summary>
internal static class ErrorMapping
{
    public static SessionSignerException ToException(RpcException error, Uri address)
    {
        var details = ReadDetails(error);
        var info = details?.GetDetail<ErrorInfo>();
        var reason = info?.Reason ?? "";
        var field = FieldOf(details, info);
        var denial = details?.GetDetail<Denial>();
        var status = error.StatusCode;
        var message = Unreachable(error, address) ?? error.Status.Detail;
        if (denial is not null || reason == "DENIED")
        {
            return new SignerDeniedException(message, denial ?? new Denial(), error)
            {
                Status = status,
                Reason = reason,
                Field = field,
            };
        }

        if (IsTrustFailure(error))
        {
            return new SignerTrustException(
                "The daemon's certificate was not accepted: it does not chain to the CA file or does not name this host.",
                error
            )
            {
                Status = status,
            };
        }

        return KindOf(reason, status) switch
        {
            Kind.Request => new SignerRequestException(message, error)
            {
                Status = status,
                Reason = reason,
                Field = field,
            },
            Kind.Permission => new SignerPermissionException(message, error)
            {
                Status = status,
                Reason = reason,
                Field = field,
            },
            Kind.NotFound => new SignerNotFoundException(message, error)
            {
                Status = status,
                Reason = reason,
                Field = field,
            },
            Kind.SessionEnded => new SignerSessionEndedException(message, error)
            {
                Status = status,
                Reason = reason,
                Field = field,
            },
            Kind.Unavailable => new SignerUnavailableException(message, error)
            {
                Status = status,
                Reason = reason,
                Field = field,
            },
            _ => new SessionSignerException(message, error)
            {
                Status = status,
                Reason = reason,
                Field = field,
            },
        };
    }

    private static Kind KindOf(string reason, StatusCode status) =>
        reason switch
        {
            "INVALID_REQUEST" or "REQUEST_ID_REUSED" or "NOT_RELEASABLE" => Kind.Request,
            "ROLE_MISSING" => Kind.Permission,
            "SESSION_NOT_FOUND" or "NOT_FOUND" => Kind.NotFound,
            "SESSION_ENDED" => Kind.SessionEnded,
            "OVERLOADED" or "VAULT_FULL" or "CANCELLED" or "TOKEN_UNAVAILABLE" or "JOURNAL_FAILED" or "SHUTTING_DOWN" => Kind.Unavailable,
            "TOKEN_MISBEHAVED" => Kind.Other,
            _ => KindOf(status),
        };

    private static Kind KindOf(StatusCode status) =>
        status switch
        {
            StatusCode.InvalidArgument or StatusCode.OutOfRange or StatusCode.AlreadyExists => Kind.Request,
            StatusCode.PermissionDenied or StatusCode.Unauthenticated => Kind.Permission,
            StatusCode.NotFound => Kind.NotFound,
            StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.DeadlineExceeded or StatusCode.Aborted => Kind.Unavailable,
            _ => Kind.Other,
        };

    private static Google.Rpc.Status? ReadDetails(RpcException error)
    {
        try
        {
            return error.GetRpcStatus();
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or FormatException or ArgumentException)
        {
            // Details that do not parse explain nothing; the status code still counts.
            return null;
        }
    }

    private static string FieldOf(Google.Rpc.Status? details, ErrorInfo? info)
    {
        if (info is not null && info.Metadata.TryGetValue("field", out var field))
        {
            return field;
        }

        var violations = details?.GetDetail<BadRequest>()?.FieldViolations;
        return violations is { Count: > 0 } ? violations[0].Field : "";
    }

    // What the transport says of itself ("subchannel") helps nobody.
    private static string? Unreachable(RpcException error, Uri address)
    {
        for (var cause = error.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket)
            {
                return $"The daemon at {address.Authority} cannot be reached: {socket.Message}.";
            }

            if (cause is HttpIOException)
            {
                return $"The connection to the daemon at {address.Authority} broke: it has ended, or it refuses your certificate.";
            }
        }

        return null;
    }

    private static bool IsTrustFailure(RpcException error)
    {
        for (var cause = error.Status.DebugException ?? error.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException)
            {
                return true;
            }
        }

        return false;
    }

    private enum Kind
    {
        Other,
        Request,
        Permission,
        NotFound,
        SessionEnded,
        Unavailable,
    }
}
