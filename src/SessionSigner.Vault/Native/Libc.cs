using System.Runtime.InteropServices;

namespace SessionSigner.Vault;

/// <summary>The calls of the C library that the vault binds, and the constants of Linux on x86-64 and arm64 that go with them.</summary>
internal static unsafe partial class Libc
{
    public const long MemfdSecretCall = 447;
    public const int OpenCloseOnExec = 0x80000;
    public const int ProtectNone = 0;
    public const int ProtectReadWrite = 0x1 | 0x2;
    public const int MapShared = 0x01;
    public const int MapPrivate = 0x02;
    public const int MapFixed = 0x10;
    public const int MapAnonymous = 0x20;
    public const int MapNoReserve = 0x4000;
    public const int AdviseDontFork = 10;
    public const int AdviseDontDump = 16;
    public const int PrctlGetDumpable = 3;
    public const int PrctlSetDumpable = 4;
    public const int LimitCore = 4;
    public const int LimitMemlock = 8;
    public const int TryAgain = 11;
    public const int Interrupted = 4;
    public const int OutOfMemory = 12;
    public const int NotPermitted = 1;
    public const ulong Unlimited = ulong.MaxValue;

    /// <summary>What mmap returns on failure.</summary>
    public static void* MapFailed => (void*)nuint.MaxValue;

    /// <summary>struct rlimit.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long SystemCall(long number, long flags);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int descriptor, long length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "mlock", SetLastError = true)]
    public static partial int Lock(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetResourceLimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetResourceLimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(void* buffer, nuint length, uint flags);

    /// <summary>Writes zeros; the C library promises that the call is never optimised away.</summary>
    [LibraryImport("libc", EntryPoint = "explicit_bzero")]
    public static partial void Zero(void* buffer, nuint length);
}
