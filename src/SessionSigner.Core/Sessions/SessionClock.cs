using System.Globalization;

namespace SessionSigner.Core;

/// <summary>
/// Step 4: a session's window, by the wall clock and by the monotonic clock since the opening. Both must be inside, so that setting the
/// wall clock back does not lengthen a session, and a clock that stops does not either. Immutable, thread safe.
/// </summary>
internal sealed class SessionClock(TimeProvider time, long openedAtMs, long openedTimestamp, long notBefore, long notAfter)
{
    /// <summary>Wall clock, Unix time in milliseconds.</summary>
    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Monotonic milliseconds since the opening, rounded down.</summary>
    private long ElapsedMs => time.GetElapsedTime(openedTimestamp).Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>Both clocks, for the meters; the monotonic one counts from the same moment for all sessions.</summary>
    public MeterTime ReadMeterTime() => MeterTime.Read(time);

    /// <summary>Whether either clock has passed the end of the window.</summary>
    public bool HasExpired => LaterMs >= notAfter * 1_000;

    private long MonotonicMs => openedAtMs + ElapsedMs;

    private long LaterMs => Math.Max(NowMs, MonotonicMs);

    private long EarlierMs => Math.Min(NowMs, MonotonicMs);

    /// <summary>The refusal, or null only if both clocks are inside the window.</summary>
    public Denial? Check()
    {
        if (LaterMs is var later && later >= notAfter * 1_000)
        {
            return Refuse("session.not_after", later / 1_000, notAfter);
        }
        if (EarlierMs is var earlier && earlier < notBefore * 1_000)
        {
            return Refuse("session.not_before", earlier / 1_000, notBefore) with { RetryAfterMs = (notBefore * 1_000) - earlier };
        }
        return null;
    }

    private static Denial Refuse(string rule, long observed, long limit) =>
        new(
            DenialReason.OutsideWindow,
            rule,
            observed.ToString(CultureInfo.InvariantCulture),
            limit.ToString(CultureInfo.InvariantCulture)
        );
}
