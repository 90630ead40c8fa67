namespace SessionSigner.Server;

/// <summary>Whether the clock can be believed: windows of sessions, budgets by day and certificates are judged by it.</summary>
internal static class ClockExamination
{
    private const string Subject = "clock";

    // No clock of this project's lifetime reads earlier; one that does has lost its battery.
    private static readonly DateTimeOffset s_released = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // What NTP may step back when it takes over a clock that ran free.
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMinutes(5);

    /// <param name="now">What the clock reads.</param>
    /// <param name="lastEntry">When the journal's last entry was written; null if there is none or it cannot be read.</param>
    /// <param name="state">What the kernel says of the clock.</param>
    public static Finding Run(DateTimeOffset now, DateTimeOffset? lastEntry, ClockState state)
    {
        if (now < s_released)
        {
            return Finding.Fail(Subject, $"reads {Text(now)}, which is in the past", "set the clock and keep it with NTP");
        }
        if (lastEntry is { } last && now < last - s_tolerance)
        {
            return Finding.Fail(
                Subject,
                $"reads {Text(now)}, before the journal's last entry of {Text(last)}",
                "set the clock and keep it with NTP; if it is right, it was ahead when the entry was written: tell the auditors, and start when it has passed that time"
            );
        }
        return state switch
        {
            ClockState.Synchronised => Finding.Good(Subject, $"{Text(now)}, synchronised"),
            ClockState.Unsynchronised => Finding.Warn(
                Subject,
                $"reads {Text(now)}, and the kernel says that nothing keeps it",
                "run NTP on the host (chrony or systemd-timesyncd) and wait until 'timedatectl' says that the clock is synchronised"
            ),
            _ => Finding.Warn(
                Subject,
                $"reads {Text(now)}; whether anything keeps it is not known",
                "run NTP on the host (chrony or systemd-timesyncd), and allow the system call adjtimex where doctor runs"
            ),
        };
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}
