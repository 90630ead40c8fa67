using System.Runtime.InteropServices;

namespace SessionSigner.Server;

/// <summary>The calls into libc that .NET has no counterpart for: execve and setenv. Nothing else is bound.</summary>
internal static partial class ProcessNative
{
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

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execve(string file, nint[] arguments, nint[] environment);

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Setenv(string name, string value, int overwrite);

    private static nint[] Pointers(IReadOnlyList<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];
}
