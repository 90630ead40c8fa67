namespace SessionSigner.Storage;

/// <summary>Where the journal is and how it is opened.</summary>
public sealed record SqliteJournalOptions
{
    /// <summary>
    /// Path of the database file. Its directory is created with mode 0700 if it is missing; an existing directory must be closed to group and others,
    /// existing files must have mode 0600, and all must belong to root or to the user of the process. Beside it lie PATH-wal, PATH-shm and PATH.lock, which also
    /// says what was acknowledged.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>Called while the stored log is verified, about every 65,536 entries and once at the end: entries verified, entries in all.</summary>
    public Action<long, long>? OnVerified { get; init; }
}
