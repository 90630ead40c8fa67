using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// The part of a budget that stops counting at one moment: all of it, a day, a granule. Reservations hold on to their bucket, so that they are
/// booked or given back where they were taken even if it has stopped counting meanwhile. Guarded by its total's lock.
/// </summary>
/// <param name="label">Unix time in seconds: first second of the day, end of the granule, or 0. What the journal calls the bucket.</param>
internal sealed class BudgetBucket(long label)
{
    public long Label { get; } = label;

    /// <summary>When the last amount was taken, by the monotonic clock.</summary>
    public long TakenAtMs { get; set; }

    /// <summary>Taken by reservations, and by what the bucket was restored from.</summary>
    public UInt256 Reserved { get; set; }

    /// <summary>Taken by signatures queued to the journal, in the order of the log.</summary>
    public UInt256 Booked { get; set; }

    /// <summary>Whether it has stopped counting.</summary>
    public bool IsOver { get; set; }
}
