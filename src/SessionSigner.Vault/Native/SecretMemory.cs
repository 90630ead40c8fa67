using System.Runtime.InteropServices;

namespace SessionSigner.Vault;

/// <summary>
/// One mapping of memory for secrets between two guard pages. It is never swapped, never in a core image and not inherited by fork.
/// Backed by memfd_secret the pages are also absent from the kernel's own map, so neither ptrace nor /proc/PID/mem can read them, not even for root.
/// </summary>
/// <remarks>Invariant: [Base, Base + Length) is mapped readable and writable until <see cref="Dispose"/>, which wipes it first.</remarks>
internal sealed unsafe class SecretMemory : IDisposable
{
    private readonly byte* _reserved;
    private readonly nuint _reservedLength;

    private SecretMemory(byte* reserved, nuint reservedLength, bool degraded)
    {
        _reserved = reserved;
        _reservedLength = reservedLength;
        Length = reservedLength - (2 * PageSize);
        Degraded = degraded;
    }

    public static nuint PageSize { get; } = (nuint)Environment.SystemPageSize;

    public byte* Base => _reserved + PageSize;

    public nuint Length { get; }

    /// <summary>True if the pages are ordinary locked memory.</summary>
    public bool Degraded { get; }

    /// <param name="length">Bytes wanted; rounded up to whole pages.</param>
    /// <param name="allowDegraded">Fall back to mlock if there is no memfd_secret.</param>
    /// <exception cref="VaultUnavailableException">The machine does not give that memory.</exception>
    public static SecretMemory Map(nuint length, bool allowDegraded)
    {
        length = (length + PageSize - 1) / PageSize * PageSize;
        var reservedLength = length + (2 * PageSize);
        var reserved = (byte*)
            Libc.Map(null, reservedLength, Libc.ProtectNone, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if (reserved == Libc.MapFailed)
        {
            throw new VaultUnavailableException($"mmap of {reservedLength} bytes failed with errno {Marshal.GetLastPInvokeError()}.");
        }
        // If a step below fails the reservation stays: a refused MAP_FIXED may have left a hole in it, and another thread's mapping may lie there by now.
        var inner = reserved + PageSize;
        var isSecret = TryMapSecret(inner, length);
        if (!isSecret)
        {
            if (!allowDegraded)
            {
                throw new VaultUnavailableException(
                    "The kernel offers no memfd_secret. Use Linux 5.14 or later with secretmem.enable=1 on the kernel command line and allow the system call memfd_secret in the seccomp filter, "
                        + "or accept memory that root can read with AllowDegradedMemory."
                );
            }
            MapLocked(inner, length);
        }
        Protect(inner, length);
        return new SecretMemory(reserved, reservedLength, !isSecret);
    }

    public void Dispose()
    {
        Libc.Zero(Base, Length);
        _ = Libc.Unmap(_reserved, _reservedLength);
    }

    private static bool TryMapSecret(byte* address, nuint length)
    {
        var descriptor = (int)Libc.SystemCall(Libc.MemfdSecretCall, Libc.OpenCloseOnExec);
        if (descriptor < 0)
        {
            return false;
        }
        try
        {
            if (Libc.Truncate(descriptor, checked((long)length)) != 0)
            {
                throw new VaultUnavailableException($"ftruncate of secret memory failed with errno {Marshal.GetLastPInvokeError()}.");
            }
            var mapped = Libc.Map(address, length, Libc.ProtectReadWrite, Libc.MapShared | Libc.MapFixed, descriptor, 0);
            if (mapped == Libc.MapFailed)
            {
                throw Refusal("mmap of secret memory", length, Marshal.GetLastPInvokeError());
            }
            return true;
        }
        finally
        {
            // The mapping keeps the memory; without a descriptor nothing can map it again.
            _ = Libc.Close(descriptor);
        }
    }

    private static void MapLocked(byte* address, nuint length)
    {
        var mapped = Libc.Map(address, length, Libc.ProtectReadWrite, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapFixed, -1, 0);
        if (mapped == Libc.MapFailed)
        {
            throw Refusal("mmap", length, Marshal.GetLastPInvokeError());
        }
        if (Libc.Lock(address, length) != 0)
        {
            throw Refusal("mlock", length, Marshal.GetLastPInvokeError());
        }
    }

    private static void Protect(byte* address, nuint length)
    {
        if (Libc.Advise(address, length, Libc.AdviseDontDump) != 0)
        {
            throw new VaultUnavailableException($"madvise(MADV_DONTDUMP) failed with errno {Marshal.GetLastPInvokeError()}.");
        }
        if (Libc.Advise(address, length, Libc.AdviseDontFork) != 0)
        {
            throw new VaultUnavailableException($"madvise(MADV_DONTFORK) failed with errno {Marshal.GetLastPInvokeError()}.");
        }
        // Take every page now: a lack of memory shows at start, not as a signal while a key is made.
        for (nuint offset = 0; offset < length; offset += PageSize)
        {
            Volatile.Write(ref address[offset], 0);
        }
    }

    private static VaultUnavailableException Refusal(string call, nuint length, int error)
    {
        var limit = new Libc.ResourceLimit();
        _ = Libc.GetResourceLimit(Libc.LimitMemlock, &limit);
        var isLimit = error is Libc.TryAgain or Libc.OutOfMemory or Libc.NotPermitted;
        var allowed = limit.Soft == Libc.Unlimited ? "unlimited" : $"{limit.Soft / 1024} KiB";
        return new VaultUnavailableException(
            isLimit
                ? $"{call} of {length / 1024} KiB was refused (errno {error}); RLIMIT_MEMLOCK is {allowed}. Raise it (LimitMEMLOCK= in the systemd unit, --ulimit memlock= for a container, ulimit -l in a shell) or lower the vault's capacity."
                : $"{call} of {length / 1024} KiB failed with errno {error}."
        );
    }
}
