using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using Grpc.Core;

namespace SessionSigner.Server;

/// <summary>
/// So many calls of one identity at once, over all its connections, and no more: what one client has under way cannot take the memory and the
/// journal's queue from the others. Fewer still of calls that go through much at a time. Refuses before the request's body is read. Streams count while
/// they are open.
/// </summary>
internal sealed class CallCap(RequestDelegate next, LimitsSection limits)
{
    /// <summary>Calls that list or verify which one identity may have under way.</summary>
    public const int MaxLongCalls = 8;

    /// <summary>Those calls: each reads, copies or verifies up to megabytes, on one thread.</summary>
    internal static readonly FrozenSet<string> LongCalls = new[]
    {
        "/sessionsigner.v1.SessionService/ListSessions",
        "/sessionsigner.v1.GrantService/VerifyGrant",
        "/sessionsigner.v1.AuditService/ListEntries",
        "/sessionsigner.v1.CustodyService/GetCustodyReport",
        "/sessionsigner.v1.AdminService/ListPolicies",
        "/sessionsigner.v1.AdminService/GetPolicyVersion",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly ConcurrentDictionary<string, Calls> _calls = new(StringComparer.Ordinal);

    /// <summary>Handles one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        // One entry for each identity that an authority of the configuration has vouched for.
        var calls = _calls.GetOrAdd(context.Features.Get<ClientConnection>()?.Identity ?? "", static _ => new Calls());
        // Routing does not tell upper case from lower case.
        var isLong = LongCalls.Contains(context.Request.Path.Value ?? "");
        try
        {
            var underWay = Interlocked.Increment(ref calls.UnderWay);
            var longUnderWay = isLong ? Interlocked.Increment(ref calls.LongUnderWay) : 0;
            if (underWay > limits.MaxCallsPerIdentity || longUnderWay > MaxLongCalls)
            {
                Refuse(context.Response);
                return;
            }
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref calls.UnderWay);
            if (isLong)
            {
                Interlocked.Decrement(ref calls.LongUnderWay);
            }
        }
    }

    // SPEC: gRPC over HTTP/2, "Trailers-Only": an answer without a body has its status in its headers.
    private static void Refuse(HttpResponse response)
    {
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)StatusCode.ResourceExhausted).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = "Too many calls of this identity are under way; wait for some of them.";
    }

    private sealed class Calls
    {
        public int UnderWay;
        public int LongUnderWay;
    }
}
