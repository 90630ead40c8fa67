namespace SessionSigner.Core;

/// <summary>A clock that stands until it is moved; wall clock and monotonic clock go together. Not thread safe.</summary>
internal sealed class TrialClock(long startSeconds) : TimeProvider
{
    private long _elapsedMs;

    public override long TimestampFrequency => 1_000;

    public override long GetTimestamp() => _elapsedMs;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds((startSeconds * 1_000) + _elapsedMs);

    public void Advance(long seconds) => _elapsedMs += seconds * 1_000;
}
