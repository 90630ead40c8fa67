using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SessionSigner.Storage;

/// <summary>
/// An exclusive lock on a file for the life of the process: flock(2), which the kernel releases when the holder dies, however it dies.
/// .NET's own FileShare.None also calls flock, but an environment variable can switch it off and some failures are ignored.
/// </summary>
internal static partial class FileLock
{
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;

    /// <summary>Takes the lock; false if another open file holds it or the file system cannot lock.</summary>
    public static bool TryTake(SafeFileHandle file) => Flock(file, LockExclusive | LockNonBlocking) == 0;

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);
}
