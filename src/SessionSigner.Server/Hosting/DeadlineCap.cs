using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace SessionSigner.Server;

/// <summary>
/// Gives every unary call a deadline no later than the daemon's own, by writing the header that the gRPC stack reads. Streams are exempt: they
/// end with their connection, whose age is bounded.
/// </summary>
internal sealed class DeadlineCap(RequestDelegate next, LimitsSection limits)
{
    private const string Header = "grpc-timeout";

    private readonly string _cap = string.Create(CultureInfo.InvariantCulture, $"{(long)limits.Deadline.TotalMilliseconds}m");

    /// <summary>Handles one request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var method = context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method;
        if (method is { Type: MethodType.Unary })
        {
            var header = context.Request.Headers[Header];
            // A timeout that cannot be read is no timeout.
            if (header.Count != 1 || !TryParse(header[0] ?? "", out var timeout) || timeout > limits.Deadline)
            {
                context.Request.Headers[Header] = _cap;
            }
            // The gRPC stack rounds less to zero, and takes zero for no deadline at all.
            else if (timeout < TimeSpan.FromMicroseconds(1))
            {
                context.Request.Headers[Header] = "1u";
            }
        }
        return next(context);
    }

    /// <summary>Reads a timeout. SPEC: gRPC over HTTP/2: "TimeoutValue: positive integer as ASCII string of at most 8 digits; TimeoutUnit: H M S m u n".</summary>
    internal static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (
            text.Length is < 2 or > 9
            || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            || value == 0
        )
        {
            return false;
        }
        long? ticksPerUnit = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => null,
        };
        timeout = TimeSpan.FromTicks(
            ticksPerUnit == 0 ? (value + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick : (ticksPerUnit ?? 0) * value
        );
        return ticksPerUnit is not null;
    }
}
