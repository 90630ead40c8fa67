using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace Contracts;

/// <summary>What the comments of <see cref="IVault"/> and <see cref="ISessionKey"/> promise.</summary>
public abstract class VaultContract
{
    protected const int Capacity = 3;

    private static readonly Hash32 s_digest = Keccak256.Hash("an order"u8);

    /// <summary>An empty vault for <see cref="Capacity"/> keys.</summary>
    protected abstract IVault Vault { get; }

    [Fact]
    public void A_key_signs_for_its_public_key_and_address_always_the_same()
    {
        using var key = Vault.Generate();
        var (signature65, again65, recovered33) = (new byte[65], new byte[65], new byte[33]);

        Assert.True(key.TrySign(in s_digest, signature65));
        Assert.True(key.TrySign(in s_digest, again65));

        Assert.Equal(signature65, again65);
        Assert.True(Secp256k1.IsLowS(signature65.AsSpan(0, 64)));
        Assert.InRange(signature65[64], 0, 1);
        Assert.True(Secp256k1.TryRecover(in s_digest, signature65, recovered33));
        Assert.Equal(key.PublicKey.Compressed.ToArray(), recovered33);
        Assert.Equal(Address.FromPublicKey(recovered33), key.Address);
    }

    [Fact]
    public void A_wiped_key_signs_nothing_and_writes_nothing()
    {
        var key = Vault.Generate();
        using var other = Vault.Generate();
        key.Dispose();
        key.Dispose();
        var signature65 = new byte[65];

        Assert.False(key.TrySign(in s_digest, signature65));

        Assert.Equal(new byte[65], signature65);
        Assert.Equal(1, Vault.State.InUse);
        Assert.True(other.TrySign(in s_digest, signature65));
    }

    [Fact]
    public void A_full_vault_refuses_until_a_key_is_wiped()
    {
        var keys = Enumerable.Range(0, Capacity).Select(_ => Vault.Generate()).ToList();
        Assert.Equal((Capacity, Capacity), (Vault.State.Capacity, Vault.State.InUse));

        Assert.Equal(ErrorCode.VaultFull, Assert.Throws<SignerException>(Vault.Generate).Code);

        keys[1].Dispose();
        using var again = Vault.Generate();
        Assert.Equal(Capacity, keys.Take(1).Append(keys[2]).Append(again).Select(key => key.Address).Distinct().Count());
        keys.ForEach(key => key.Dispose());
        Assert.Equal(1, Vault.State.InUse);
    }

    [Fact]
    public void When_Dispose_returns_nobody_signs()
    {
        for (var round = 0; round < 20; round++)
        {
            var key = Vault.Generate();
            var isWiped = false;
            var late = 0;
            using var start = new Barrier(5);
            var signers = Enumerable.Range(0, 4).Select(_ => new Thread(Sign)).ToList();
            signers.ForEach(signer => signer.Start());
            start.SignalAndWait();
            key.Dispose();
            Volatile.Write(ref isWiped, true);
            signers.ForEach(signer => signer.Join());
            Assert.Equal(0, late);

            void Sign()
            {
                var signature65 = new byte[65];
                start.SignalAndWait();
                while (true)
                {
                    var startsLate = Volatile.Read(ref isWiped);
                    if (!key.TrySign(in s_digest, signature65))
                    {
                        return;
                    }
                    Interlocked.Add(ref late, startsLate ? 1 : 0);
                }
            }
        }
    }
}
