using System.Runtime.InteropServices;

namespace SessionSigner.Server;

/// <summary>The calls into libc that .NET has no counterpart for: execve and setenv, who runs this process and who owns a file. Nothing else is bound.</summary>
internal static partial class ProcessNative
{
    // AT_FDCWD and STATX_UID of linux/stat.h.
    private const int CurrentFolder = -100;
    private const uint OwnerWanted = 0x8;

    /// <summary>Replaces this process by a program with the same arguments and another environment. Returns only if that failed.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">argv, without the terminating null.</param>
    /// <param name="environment">NAME=value texts, without the terminating null.</param>
    /// <returns>errno.</returns>
    public static int Execute(string file, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        // Never freed: if the call succeeds the memory is gone, if not the process ends.
        _ = Execve(file, Pointers(arguments), Pointers(environment));
        return Marshal.GetLastPInvokeError();
    }

    /// <summary>Sets a variable in the environment that native libraries see; .NET's own copy is another one.</summary>
    /// <returns>False if the system refuses.</returns>
    public static bool SetEnvironment(string name, string value) => Setenv(name, value, 1) == 0;

    /// <summary>The user whose rights this process has.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>The owner of what a path leads to.</summary>
    /// <exception cref="IOException">It cannot be asked.</exception>
    public static unsafe uint OwnerOf(string path)
    {
        // struct statx, 256 bytes, is the same on every architecture; stx_uid is at 20.
        var status = stackalloc uint[64];
        return Statx(CurrentFolder, path, 0, OwnerWanted, status) == 0 && (status[0] & OwnerWanted) != 0
            ? status[5]
            : throw new IOException($"statx of {path} failed with errno {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint wanted, uint* status);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execve(string file, nint[] arguments, nint[] environment);

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Setenv(string name, string value, int overwrite);

    private static nint[] Pointers(IReadOnlyList<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];
}
