namespace SessionSigner.Storage;

/// <summary>The journal's place: checks who may reach it and on what file system it lies, and owns it exclusively until disposed.</summary>
internal sealed class JournalFile : IDisposable
{
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyDirectory = OwnerOnlyFile | UnixFileMode.UserExecute;

    // Local file systems on which locks, shared memory maps and fsync work as SQLite's WAL needs them. Everything else is refused: SQLite's
    // documentation says of WAL that it does not work over a network file system.
    private static readonly string[] LocalFileSystems = ["ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "jfs", "overlay", "tmpfs"];

    private static readonly byte[] InitialisedMark = "initialised\n"u8.ToArray();

    private readonly FileStream _lock;

    private JournalFile(string path, FileStream held)
    {
        Path = path;
        _lock = held;
        Acknowledged = new AcknowledgedHeads(held.SafeFileHandle);
    }

    public string Path { get; }

    /// <summary>The file that is locked, and that keeps what must not get lost with the journal.</summary>
    public string LockPath => Path + ".lock";

    /// <summary>What was acknowledged last.</summary>
    public AcknowledgedHeads Acknowledged { get; }

    /// <summary>Whether a journal has been written here before; then an empty or missing file is a loss, not a beginning.</summary>
    public bool IsInitialised => RandomAccess.GetLength(_lock.SafeFileHandle) > 0;

    public static JournalFile Take(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        var directory =
            System.IO.Path.GetDirectoryName(full)
            ?? throw new JournalOpenException($"The journal's path {path} names no file in a directory.");
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory, OwnerOnlyDirectory);
        }
        CheckAccess(directory, OwnerOnlyDirectory, "chmod 0700");
        CheckFileSystem(directory, FileSystemStatus.Of(directory).Type);
        var held = TakeLock(full + ".lock");
        try
        {
            var file = new JournalFile(full, held);
            file.EnsureDatabase();
            return file;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a file system that is not known to be local.</summary>
    public static void CheckFileSystem(string directory, string format)
    {
        if (!LocalFileSystems.Contains(format, StringComparer.Ordinal))
        {
            throw PlaceUnsafe(
                $"The journal's directory {directory} is on a file system of type \"{format}\"; the journal needs a local one (network file systems break its locks)."
            );
        }
    }

    /// <summary>Refuses what belongs to neither root nor a user: its owner could open it to others at any time, whatever its mode is now.</summary>
    public static void CheckOwner(string path, uint user)
    {
        if (FileOwner.Of(path) is var owner && owner != 0 && owner != user)
        {
            throw PlaceUnsafe(
                $"{path} is owned by another user ({owner}), neither root nor the one that runs this program ({user}); whoever owns it may change it. "
                    + "Run the daemon and doctor as the same user, and chown the journal's folder and its files to that one."
            );
        }
    }

    /// <summary>Records that the database now holds a journal.</summary>
    public void MarkInitialised()
    {
        // As long as it will ever be: no write to it needs room on the disk later.
        var content = new byte[AcknowledgedHeads.FileSize];
        InitialisedMark.CopyTo(content, 0);
        RandomAccess.Write(_lock.SafeFileHandle, content, 0);
        RandomAccess.FlushToDisk(_lock.SafeFileHandle);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string path)
    {
        RefuseLink(path);
        FileStream file;
        try
        {
            file = new FileStream(path, FileToOwn(FileMode.OpenOrCreate, FileAccess.ReadWrite));
        }
        catch (IOException e)
        {
            // .NET takes a shared lock of its own when it opens a file.
            throw IsHeld(path, e);
        }
        try
        {
            if (!FileLock.TryTake(file.SafeFileHandle))
            {
                throw IsHeld(path, null);
            }
            CheckAccess(path, OwnerOnlyFile, "chmod 0600");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static JournalOpenException IsHeld(string path, Exception? inner) =>
        new($"Another process holds {path}: one daemon owns a journal at a time. Stop the other one first.", inner) { IsInUse = true };

    private static FileStreamOptions FileToOwn(FileMode mode, FileAccess access) =>
        new()
        {
            Mode = mode,
            Access = access,
            Share = FileShare.ReadWrite,
            UnixCreateMode = OwnerOnlyFile,
        };

    private static JournalOpenException PlaceUnsafe(string message) => new(message) { IsPlaceUnsafe = true };

    private void EnsureDatabase()
    {
        if (!File.Exists(Path))
        {
            if (IsInitialised || File.Exists(Path + "-wal"))
            {
                throw new JournalOpenException(
                    $"The journal {Path} is missing although one was kept here. Restore it; to begin a new log, remove {Path}.lock and {Path}-wal."
                );
            }
            using var created = new FileStream(Path, FileToOwn(FileMode.CreateNew, FileAccess.Write));
        }
        foreach (var path in (string[])[Path, Path + "-wal", Path + "-shm"])
        {
            if (File.Exists(path))
            {
                RefuseLink(path);
                CheckAccess(path, OwnerOnlyFile, "chmod 0600");
            }
        }
    }

    private static void RefuseLink(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw PlaceUnsafe($"{path} is a symbolic link; the journal must be a plain file.");
        }
    }

    private static void CheckAccess(string path, UnixFileMode allowed, string remedy)
    {
        CheckOwner(path, FileOwner.EffectiveUser());
        var mode = File.GetUnixFileMode(path);
        if ((mode & ~allowed) != UnixFileMode.None)
        {
            throw PlaceUnsafe(
                $"{path} has mode {Convert.ToString((int)mode, 8)}: others than its owner may reach it. Run: {remedy} {path}"
            );
        }
    }
}
