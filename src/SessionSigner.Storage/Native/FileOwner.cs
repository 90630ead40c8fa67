using System.Runtime.InteropServices;

namespace SessionSigner.Storage;

/// <summary>Who owns a file: statx(2), whose structure is the same on every architecture.</summary>
internal static partial class FileOwner
{
    // AT_FDCWD and STATX_UID of linux/stat.h.
    private const int CurrentFolder = -100;
    private const uint OwnerWanted = 0x8;

    /// <summary>The owner of what a path leads to.</summary>
    /// <exception cref="IOException">It cannot be asked.</exception>
    public static unsafe uint Of(string path)
    {
        // struct statx is 256 bytes; stx_mask is at 0, stx_uid at 20.
        var status = stackalloc uint[64];
        return Statx(CurrentFolder, path, 0, OwnerWanted, status) == 0 && (status[0] & OwnerWanted) != 0
            ? status[5]
            : throw new IOException($"statx of {path} failed with errno {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint wanted, uint* status);

    /// <summary>The user whose rights this process has.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();
}
