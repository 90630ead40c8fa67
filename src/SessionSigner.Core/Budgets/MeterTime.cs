namespace SessionSigner.Core;

/// <summary>A moment by both clocks.</summary>
/// <param name="MonotonicMs">Milliseconds by the monotonic clock since some moment that is the same for the whole process, rounded down.</param>
/// <param name="WallMs">Unix time in milliseconds, rounded down.</param>
internal readonly record struct MeterTime(long MonotonicMs, long WallMs)
{
    /// <summary>Reads both clocks.</summary>
    public static MeterTime Read(TimeProvider time) =>
        new((long)((Int128)time.GetTimestamp() * 1_000 / time.TimestampFrequency), time.GetUtcNow().ToUnixTimeMilliseconds());
}
