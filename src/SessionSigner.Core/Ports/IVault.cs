using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>How the vault's memory is protected.</summary>
/// <param name="Memory">"memfd_secret" or "mlock".</param>
/// <param name="Degraded">True if the memory is weaker than memfd_secret and configuration allowed it.</param>
/// <param name="Capacity">Keys it can hold.</param>
/// <param name="InUse">Keys it holds now.</param>
/// <param name="Undumpable">True if PR_SET_DUMPABLE is 0.</param>
public sealed record VaultState(string Memory, bool Degraded, int Capacity, int InUse, bool Undumpable);

/// <summary>Protected memory that holds session keys. Thread safe.</summary>
public interface IVault
{
    /// <summary>How the memory is protected and how full it is.</summary>
    VaultState State { get; }

    /// <summary>Makes a new secp256k1 key pair in the vault.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.VaultFull"/>.</exception>
    ISessionKey Generate();
}

/// <summary>A session key in the vault. Disposing wipes it: when Dispose returns, no use is under way and the key exists nowhere in the process. Thread safe.</summary>
public interface ISessionKey : IDisposable
{
    /// <summary>The public half.</summary>
    PublicKey PublicKey { get; }

    /// <summary>Ethereum address of the public half.</summary>
    Address Address { get; }

    /// <summary>Signs a digest with ECDSA (RFC 6979 nonce, low s).</summary>
    /// <param name="digest">The 32-byte digest.</param>
    /// <param name="signature65">Receives r, s (32 bytes each, big endian) and the recovery id (0 or 1).</param>
    /// <returns>False if the key has been wiped; nothing is written then.</returns>
    bool TrySign(in Hash32 digest, Span<byte> signature65);
}
