namespace SessionSigner.Vault;

/// <summary>How much the vault holds and what memory it accepts.</summary>
public sealed record VaultOptions
{
    /// <summary>Most keys that an arena may be asked to hold: 4 MiB of locked memory.</summary>
    public const int CapacityMax = 1 << 16;

    /// <summary>Session keys it can hold at once; 1 to <see cref="CapacityMax"/>. Each takes 64 bytes of locked memory.</summary>
    public int Capacity { get; init; } = 1024;

    /// <summary>
    /// Accept locked ordinary memory (mlock) if the kernel has no memfd_secret. A process with root's rights can read such memory; leave it off outside development.
    /// </summary>
    public bool AllowDegradedMemory { get; init; }
}
