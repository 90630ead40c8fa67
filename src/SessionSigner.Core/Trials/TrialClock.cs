namespace SessionSigner.Core;

/// <summary>A clock that stands until it is moved; wall clock and monotonic clock go together. Not thread safe.</summary>
internal sealed class TrialClock(long startMs) : TimeProvider
{
    private long _elapsedMs;

    public override long TimestampFrequency => 1_000;

    public override long GetTimestamp() => _elapsedMs;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(startMs + _elapsedMs);

    public void Advance(long seconds) => _elapsedMs += seconds * 1_000;

    /// <summary>Moves on to a moment; one that is past changes nothing.</summary>
    public void AdvanceTo(long wallMs) => _elapsedMs = Math.Max(_elapsedMs, wallMs - startMs);
}
