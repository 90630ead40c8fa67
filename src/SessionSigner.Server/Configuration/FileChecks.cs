namespace SessionSigner.Server;

/// <summary>Checks of files that the configuration names.</summary>
internal static class FileChecks
{
    private const UnixFileMode GroupAndOthers =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    /// <summary>Null if the file can be read, else what is wrong.</summary>
    public static string? FindFault(string file)
    {
        try
        {
            if (Directory.Exists(file))
            {
                return $"{file} is a folder, not a file";
            }
            using var stream = File.OpenRead(file);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return File.Exists(file) ? $"{file} cannot be read by this user" : $"{file} does not exist";
        }
    }

    /// <summary>Null if the file holds a secret properly: readable here, by nobody in group or others.</summary>
    public static string? FindSecretFault(string file)
    {
        if (FindFault(file) is { } fault)
        {
            return fault;
        }
        var mode = File.GetUnixFileMode(file);
        return (mode & GroupAndOthers) == UnixFileMode.None
            ? null
            : $"{file} has mode {Convert.ToString((int)mode, 8)}: a secret must not be open to group or others (chmod 600)";
    }

    /// <summary>Null unless others may change or replace a file that decides what is trusted or executed here.</summary>
    public static string? FindTrustFault(string file) => FindFault(file) ?? FindChangeFault(file);

    /// <summary>Null unless others may change or replace a file that exists.</summary>
    public static string? FindChangeFault(string file) => FindChangeFault(file, ProcessNative.EffectiveUser());

    /// <summary>The same for another user than the one that runs this process.</summary>
    internal static string? FindChangeFault(string file, uint user)
    {
        var target = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(file);
        var folder = Path.GetDirectoryName(target)!;
        // Who owns a file or its folder gives himself whatever rights the mode withholds.
        foreach (var path in (string[])[target, folder])
        {
            if (!IsTrusted(ProcessNative.OwnerOf(path), user))
            {
                return $"{path} is owned by another user, neither root nor the one that runs the daemon (chown root)";
            }
        }
        if (IsOpenToChange(File.GetUnixFileMode(target)))
        {
            return $"{target} can be changed by group or others (chmod go-w)";
        }
        // In a folder with the sticky bit a file can be replaced by its owner only.
        var folderMode = File.GetUnixFileMode(folder);
        return IsOpenToChange(folderMode) && !folderMode.HasFlag(UnixFileMode.StickyBit)
            ? $"{target} can be replaced by group or others, who may write its folder {folder} (chmod go-w)"
            : null;
    }

    private static bool IsTrusted(uint owner, uint user) => owner == 0 || owner == user;

    private static bool IsOpenToChange(UnixFileMode mode) =>
        (mode & (UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) != UnixFileMode.None;
}
