using System.Collections.Concurrent;
using System.Globalization;
using Grpc.Core;

namespace SessionSigner.Server;

/// <summary>
/// So many calls of one identity at once, over all its connections, and no more: what one client has under way cannot take the memory and the
/// journal's queue from the others. Refuses before the request's body is read. Streams count while they are open.
/// </summary>
internal sealed class CallCap(RequestDelegate next, LimitsSection limits)
{
    private readonly ConcurrentDictionary<string, Calls> _calls = new(StringComparer.Ordinal);

    /// <summary>Handles one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        // One entry for each identity that an authority of the configuration has vouched for.
        var calls = _calls.GetOrAdd(context.Features.Get<ClientConnection>()?.Identity ?? "", static _ => new Calls());
        try
        {
            if (Interlocked.Increment(ref calls.UnderWay) > limits.MaxCallsPerIdentity)
            {
                Refuse(context.Response);
                return;
            }
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref calls.UnderWay);
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
    }
}
