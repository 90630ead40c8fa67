using Microsoft.Extensions.Time.Testing;

namespace SessionSigner.Core.Tests;

/// <summary>A clock that tests move by hand; the wall clock can be set apart from the monotonic one.</summary>
internal sealed class SteppedTime() : FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000))
{
    private long _wallOffsetTicks;

    public long NowSeconds => GetUtcNow().ToUnixTimeSeconds();

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _wallOffsetTicks));

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    /// <summary>Sets the wall clock; the monotonic clock does not notice.</summary>
    public void JumpWall(TimeSpan by) => Interlocked.Add(ref _wallOffsetTicks, by.Ticks);
}
