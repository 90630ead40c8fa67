using System.Runtime.InteropServices;

namespace SessionSigner.Vault;

/// <summary>Keeps the process's memory out of core images and away from other processes of the same user.</summary>
internal static unsafe class ProcessHardening
{
    /// <summary>Sets PR_SET_DUMPABLE to 0 (no core image, no ptrace by the same user) and the soft and hard core size limits to 0. For the whole process, for good.</summary>
    /// <exception cref="VaultUnavailableException">The kernel refuses.</exception>
    public static void Apply()
    {
        if (Libc.ProcessControl(Libc.PrctlSetDumpable, 0, 0, 0, 0) != 0 || !IsUndumpable())
        {
            throw new VaultUnavailableException(
                $"prctl(PR_SET_DUMPABLE, 0) failed with errno {Marshal.GetLastPInvokeError()}. Allow prctl in the seccomp filter."
            );
        }
        var none = new Libc.ResourceLimit();
        if (Libc.SetResourceLimit(Libc.LimitCore, &none) != 0)
        {
            throw new VaultUnavailableException(
                $"setrlimit(RLIMIT_CORE, 0) failed with errno {Marshal.GetLastPInvokeError()}. Allow setrlimit in the seccomp filter."
            );
        }
    }

    public static bool IsUndumpable() => Libc.ProcessControl(Libc.PrctlGetDumpable, 0, 0, 0, 0) == 0;
}
