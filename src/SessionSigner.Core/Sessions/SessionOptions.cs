namespace SessionSigner.Core;

/// <summary>Limits on sessions. Every value must be positive.</summary>
public sealed record SessionOptions
{
    /// <summary>Most sessions open at once.</summary>
    public int MaxOpenSessions { get; init; } = 1_000;

    /// <summary>Most sessions one principal may have open at once, whatever the policies say.</summary>
    public int MaxOpenSessionsPerPrincipal { get; init; } = 100;

    /// <summary>Most OpenSession requests under way at once; each waits for the token.</summary>
    public int MaxOpensUnderWay { get; init; } = 64;

    /// <summary>Most of them of one principal, so that nobody keeps the token from the others.</summary>
    public int MaxOpensUnderWayPerPrincipal { get; init; } = 16;

    /// <summary>Most signatures of one session, whatever its scope says; bounds the memory that remembers request identifiers (about 32 bytes each).</summary>
    public int MaxSignaturesPerSession { get; init; } = 1_000_000;

    /// <summary>Entries of one principal other than signatures, per second in the long run: refusals count as one, openings by the length of their scope.</summary>
    public int EntriesPerSecond { get; init; } = 100;

    /// <summary>How many of them may come at once.</summary>
    public int EntryBurst { get; init; } = 10_000;

    /// <summary>How often ended windows are looked for. A key is wiped at most this long after its window; signing is refused at once.</summary>
    public TimeSpan ExpiryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a watcher is told of a session that does not change.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause before the end of a session is offered again to a journal whose queue was full.</summary>
    public TimeSpan JournalRetryInterval { get; init; } = TimeSpan.FromMilliseconds(20);
}
