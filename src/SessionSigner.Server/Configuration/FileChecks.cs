using SessionSigner.Pkcs11;

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

    /// <summary>Null if the file holds a secret properly: readable here, by nobody in group or others, and not another user's.</summary>
    public static string? FindSecretFault(string file) => FindSecretFault(file, ProcessNative.EffectiveUser());

    /// <summary>The same for another user than the one that runs this process.</summary>
    internal static string? FindSecretFault(string file, uint user)
    {
        if (FindFault(file) is { } fault)
        {
            return fault;
        }
        var mode = File.GetUnixFileMode(file);
        if ((mode & GroupAndOthers) != UnixFileMode.None)
        {
            return $"{file} has mode {Convert.ToString((int)mode, 8)}: a secret must not be open to group or others (chmod 600)";
        }
        // Root reads it whatever the mode says, and so does its owner.
        var owner = ProcessNative.OwnerOf(file);
        return owner == 0 || owner == user
            ? null
            : $"{file} is a secret of another user, neither root nor the one that runs the daemon (chown root)";
    }

    /// <summary>Null unless others may change or replace a file that decides what is trusted or executed here.</summary>
    public static string? FindTrustFault(string file) => FindFault(file) ?? FindChangeFault(file);

    /// <summary>Null unless others may change or replace a file that exists, or a folder or link on the way to it.</summary>
    public static string? FindChangeFault(string file) => FindChangeFault(file, ProcessNative.EffectiveUser());

    /// <summary>The same for another user than the one that runs this process.</summary>
    internal static string? FindChangeFault(string file, uint user) =>
        TrustedPath.Follow(file, user).Fault is { } fault ? $"{file} is not safe from others: {fault}" : null;
}
