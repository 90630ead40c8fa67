using System.Security.Cryptography;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>Keys in managed memory: for tests only. Counts how many have not been wiped.</summary>
internal sealed class ManagedVault : IVault
{
    private int _inUse;

    public int Capacity { get; set; } = int.MaxValue;

    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>Runs in the middle of every signature, while the key is in use.</summary>
    public Action WhileSigning { get; set; } = () => { };

    /// <summary>Runs after every signature, when the key is no longer in use but the signature has not been journaled.</summary>
    public Action AfterSigning { get; set; } = () => { };

    public VaultState State => new("managed", true, Capacity, InUse, false);

    /// <summary>Runs before a key is made: an opening has read its policy, and nobody else knows of its session yet.</summary>
    public Action BeforeGenerating { get; set; } = () => { };

    public ISessionKey Generate()
    {
        BeforeGenerating();
        return Interlocked.Increment(ref _inUse) <= Capacity ? new Key(this) : throw Full();
    }

    private SignerException Full()
    {
        Interlocked.Decrement(ref _inUse);
        return new SignerException(ErrorCode.VaultFull, "The vault is full.");
    }

    private sealed class Key : ISessionKey
    {
        private readonly ManagedVault _vault;
        private readonly byte[] _secret;
        private readonly Lock _uses = new();
        private bool _wiped;

        public Key(ManagedVault vault)
        {
            _vault = vault;
            _secret = RandomNumberGenerator.GetBytes(32);
            _secret[0] = 1;
            var compressed = new byte[33];
            Assert.True(Secp256k1.TryCreatePublicKey(_secret, compressed));
            PublicKey = new PublicKey(Curve.Secp256k1, compressed);
            Address = Address.FromPublicKey(compressed);
        }

        public PublicKey PublicKey { get; }

        public Address Address { get; }

        public bool TrySign(in Hash32 digest, Span<byte> signature65)
        {
            bool signed;
            lock (_uses)
            {
                _vault.WhileSigning();
                signed = !_wiped && Secp256k1.TrySignRecoverable(_secret, digest, signature65);
            }
            _vault.AfterSigning();
            return signed;
        }

        public void Dispose()
        {
            lock (_uses)
            {
                if (_wiped)
                {
                    return;
                }
                _wiped = true;
                CryptographicOperations.ZeroMemory(_secret);
                Interlocked.Decrement(ref _vault._inUse);
            }
        }
    }
}
