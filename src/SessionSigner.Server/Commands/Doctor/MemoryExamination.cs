using SessionSigner.Core;
using SessionSigner.Vault;

namespace SessionSigner.Server;

/// <summary>Whether the machine gives the memory that session keys need.</summary>
internal static class MemoryExamination
{
    private const string Subject = "memory";

    /// <summary>Takes the configured memory and gives it back.</summary>
    public static Finding Run(VaultSection vault) =>
        Examine(() =>
        {
            using var made = LockedVault.Create(
                new VaultOptions { Capacity = vault.Capacity, AllowDegradedMemory = vault.AllowDegradedMemory }
            );
            return made.State;
        });

    /// <summary>Judges what taking the memory came to.</summary>
    internal static Finding Examine(Func<VaultState> take)
    {
        try
        {
            var state = take();
            return state.Degraded
                ? Finding.Warn(
                    Subject,
                    $"SECURITY DEGRADED: {state.Memory} memory for {state.Capacity} keys, which root can read",
                    "use a kernel with memfd_secret (6.5 or later, or secretmem.enable=y), then set vault.allow_degraded_memory: false"
                )
                : Finding.Good(Subject, $"{state.Memory} for {state.Capacity} session keys, the process refuses core dumps");
        }
        catch (VaultUnavailableException exception)
        {
            return Finding.Fail(
                Subject,
                exception.Message,
                "raise LimitMEMLOCK or lower vault.capacity; without memfd_secret use a kernel that has it (6.5 or later, or secretmem.enable=y), "
                    + "or for a trial set vault.allow_degraded_memory: true"
            );
        }
    }
}
