using System.Runtime.InteropServices;

namespace SessionSigner.Server;

/// <summary>Whether the system's clock is kept by another. The zero value is that nobody could say.</summary>
internal enum ClockState
{
    /// <summary>The kernel does not say.</summary>
    Unknown = 0,

    /// <summary>Nothing keeps the clock, or what kept it has lost its source.</summary>
    Unsynchronised = 1,

    /// <summary>NTP or another source keeps the clock.</summary>
    Synchronised = 2,
}

/// <summary>The call into libc that tells whether the clock is synchronised: adjtimex(2), which only reads here and needs no privilege.</summary>
internal static partial class ClockNative
{
    // TIME_ERROR and STA_UNSYNC of linux/timex.h.
    private const int TimeError = 5;
    private const int StatusUnsynchronised = 0x40;

    // struct timex of 64-bit Linux is 208 bytes; modes, at 0, stays 0, and status, an int, is at 40.
    private const int TimexInts = 52;
    private const int StatusIndex = 10;

    /// <summary>What the kernel says now.</summary>
    public static ClockState Read()
    {
        Span<int> timex = stackalloc int[TimexInts];
        timex.Clear();
        var answer = Adjtimex(timex);
        return Judge(answer, timex[StatusIndex]);
    }

    /// <summary>What the call's answer, -1 if it failed, and the status mean.</summary>
    internal static ClockState Judge(int answer, int status) =>
        answer < 0 ? ClockState.Unknown
        : answer == TimeError || (status & StatusUnsynchronised) != 0 ? ClockState.Unsynchronised
        : ClockState.Synchronised;

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int Adjtimex(Span<int> timex);
}
