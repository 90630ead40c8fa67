using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace SessionSigner.Server;

/// <summary>
/// Gives a status to bodies that the gRPC stack cannot read. The stack itself answers "unknown" to a length or a flag that is none, and to a body
/// over the limit; nothing of the daemon's own ever ends in that status.
/// </summary>
internal sealed class FramingErrors(RequestDelegate next)
{
    private const string StatusTrailer = "grpc-status";
    private const string MessageTrailer = "grpc-message";

    private static readonly string s_unknown = ((int)StatusCode.Unknown).ToString(CultureInfo.InvariantCulture);

    /// <summary>Handles one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var isTooLarge = context.Request.ContentLength > KestrelSetup.BodySizeMax;
        await next(context);
        // An answer without a message has its trailers in its headers.
        var trailers = context.Response.HasStarted
            ? context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
            : context.Response.Headers;
        if (trailers is not { IsReadOnly: false } || trailers[StatusTrailer] != s_unknown)
        {
            return;
        }
        var (code, message) = isTooLarge
            ? (StatusCode.ResourceExhausted, "The request is larger than the daemon takes.")
            : (StatusCode.Internal, "The request is not one message in a frame of gRPC.");
        trailers[StatusTrailer] = ((int)code).ToString(CultureInfo.InvariantCulture);
        trailers[MessageTrailer] = message;
    }
}
