using System.Security.Cryptography;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Vault;

/// <summary>
/// Session keys in locked memory. Scalars are drawn by the kernel straight into the arena and read there by libsecp256k1, which runs on a stack in such
/// memory too: outside it a scalar, or what is derived from one, is only ever in the registers of the processor that signs. No managed object holds one.
/// Thread safe.
/// </summary>
public sealed class LockedVault : IVault, IDisposable
{
    private const int ScalarDraws = 16;

    private readonly SlotArena _arena;
    private readonly KeyStackPool _stacks;
    private readonly HashSet<SessionKey> _keys = [];
    private readonly Lock _lock = new();
    private bool _closed;

    private LockedVault(SlotArena arena, KeyStackPool stacks)
    {
        _arena = arena;
        _stacks = stacks;
    }

    /// <summary>
    /// Makes the process undumpable, forbids core images, and maps the arena. Both process settings stay for the life of the process.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not between 1 and <see cref="VaultOptions.CapacityMax"/>.</exception>
    /// <exception cref="VaultUnavailableException">The machine does not give such memory; the message says what to change.</exception>
    public static LockedVault Create(VaultOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Capacity, VaultOptions.CapacityMax, nameof(options));
        ProcessHardening.Apply();
        var arena = new SlotArena(options.Capacity, options.AllowDegradedMemory);
        try
        {
            return new LockedVault(arena, new KeyStackPool(options.AllowDegradedMemory));
        }
        catch
        {
            arena.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public VaultState State =>
        new(IsDegraded ? "mlock" : "memfd_secret", IsDegraded, _arena.Capacity, _arena.InUse, ProcessHardening.IsUndumpable());

    private bool IsDegraded => _arena.Degraded || _stacks.Degraded;

    /// <inheritdoc/>
    /// <exception cref="SignerException">Also <see cref="ErrorCode.ShuttingDown"/> once the vault has been disposed.</exception>
    public ISessionKey Generate()
    {
        lock (_lock)
        {
            if (_closed)
            {
                throw new SignerException(ErrorCode.ShuttingDown, "The daemon is shutting down; no key is made.");
            }
            if (!_arena.TryTake(out var slot))
            {
                throw new SignerException(
                    ErrorCode.VaultFull,
                    "The vault holds as many session keys as it can. Close sessions or raise the vault's capacity."
                );
            }
            try
            {
                var key = new SessionKey(_arena, _stacks, slot, DrawKeyPair(slot), Forget);
                _keys.Add(key);
                return key;
            }
            catch
            {
                _arena.WipeAndRelease(slot);
                throw;
            }
        }
    }

    /// <summary>Wipes every key, then the arena, and gives the memory back. Waits for uses under way.</summary>
    public void Dispose()
    {
        SessionKey[] keys;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }
            _closed = true;
            keys = [.. _keys];
        }
        foreach (var key in keys)
        {
            key.Dispose();
        }
        _arena.Dispose();
        _stacks.Dispose();
    }

    private PublicKey DrawKeyPair(int slot)
    {
        var compressed33 = new byte[33];
        using var stack = _stacks.Take();
        for (var draw = 0; draw < ScalarDraws; draw++)
        {
            _arena.FillRandom(slot);
            if (Secp256k1.TryCreatePublicKey(_arena.Scalar(slot), compressed33, stack.Value))
            {
                return new PublicKey(Curve.Secp256k1, compressed33);
            }
        }
        // A scalar is out of range once in 2^127 draws.
        throw new CryptographicException("The kernel's random generator gives no valid scalar.");
    }

    private void Forget(SessionKey key)
    {
        lock (_lock)
        {
            _keys.Remove(key);
        }
    }
}
