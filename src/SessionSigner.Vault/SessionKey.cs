using System.Security.Cryptography;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Vault;

/// <summary>A key pair whose scalar is one slot of the arena. libsecp256k1 reads it in place.</summary>
/// <remarks>Invariant: the slot is read only between a successful <see cref="TryEnter"/> and its <see cref="Leave"/>, and wiped only when no use is under way.</remarks>
internal sealed class SessionKey : ISessionKey
{
    private const int Closed = 1 << 30;

    private readonly SlotArena _arena;
    private readonly KeyStackPool _stacks;
    private readonly int _slot;
    private readonly Action<SessionKey> _onWiped;

    // Bit 30: no new use begins. Below: uses under way.
    private int _uses;
    private volatile bool _wiped;

    public SessionKey(SlotArena arena, KeyStackPool stacks, int slot, PublicKey publicKey, Action<SessionKey> onWiped)
    {
        _arena = arena;
        _stacks = stacks;
        _slot = slot;
        _onWiped = onWiped;
        PublicKey = publicKey;
        Address = Address.FromPublicKey(publicKey.Compressed.Span);
    }

    public PublicKey PublicKey { get; }

    public Address Address { get; }

    public bool TrySign(in Hash32 digest, Span<byte> signature65)
    {
        if (signature65.Length != 65)
        {
            throw new ArgumentException("A signature takes exactly 65 bytes.", nameof(signature65));
        }
        if (!TryEnter())
        {
            return false;
        }
        try
        {
            using var stack = _stacks.Take();
            return Secp256k1.TrySignRecoverable(_arena.Scalar(_slot), in digest, signature65, stack.Value)
                ? true
                : throw new CryptographicException("libsecp256k1 refused to sign with a key it had accepted.");
        }
        finally
        {
            Leave();
        }
    }

    public void Dispose()
    {
        var spinner = new SpinWait();
        if ((Interlocked.Or(ref _uses, Closed) & Closed) != 0)
        {
            // Another thread wipes; its promise is this caller's too.
            while (!_wiped)
            {
                spinner.SpinOnce();
            }
            return;
        }
        // A use takes tens of microseconds: waiting by spinning costs less than an event per key.
        while (Volatile.Read(ref _uses) != Closed)
        {
            spinner.SpinOnce();
        }
        _arena.WipeAndRelease(_slot);
        _wiped = true;
        _onWiped(this);
    }

    private bool TryEnter()
    {
        if ((Interlocked.Increment(ref _uses) & Closed) == 0)
        {
            return true;
        }
        Leave();
        return false;
    }

    private void Leave() => Interlocked.Decrement(ref _uses);
}
