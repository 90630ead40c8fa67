using System.Collections.Concurrent;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Vault.Tests;

/// <summary>Keys sign while they live, never afterwards, and give their place back.</summary>
public class LockedVaultTests
{
    private static readonly Hash32 Digest = Keccak256.Hash("an order"u8);

    [Fact]
    public void A_key_signs_so_that_its_public_key_and_address_are_recovered()
    {
        using var vault = LockedVault.Create(new VaultOptions { Capacity = 4 });
        using var key = vault.Generate();
        var signature65 = new byte[65];
        var recovered33 = new byte[33];

        Assert.True(key.TrySign(in Digest, signature65));

        Assert.True(Secp256k1.TryRecover(in Digest, signature65, recovered33));
        Assert.Equal(key.PublicKey.Compressed.ToArray(), recovered33);
        Assert.Equal(Address.FromPublicKey(recovered33), key.Address);
        Assert.True(Secp256k1.IsLowS(signature65.AsSpan(0, 64)));
        Assert.InRange(signature65[64], 0, 1);
    }

    [Fact]
    public void Keys_differ()
    {
        using var vault = LockedVault.Create(new VaultOptions { Capacity = 100 });
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => vault.Generate().Address).Distinct().Count());
    }

    [Fact]
    public void A_disposed_key_signs_nothing_and_writes_nothing()
    {
        using var vault = LockedVault.Create(new VaultOptions { Capacity = 1 });
        var key = vault.Generate();
        key.Dispose();
        key.Dispose();
        var signature65 = new byte[65];

        Assert.False(key.TrySign(in Digest, signature65));

        Assert.Equal(new byte[65], signature65);
        Assert.Equal(0, vault.State.InUse);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(66)]
    public void A_buffer_of_another_length_is_misuse(int length)
    {
        using var vault = LockedVault.Create(new VaultOptions { Capacity = 1 });
        using var key = vault.Generate();
        Assert.Throws<ArgumentException>(() => key.TrySign(in Digest, new byte[length]));
    }

    [Fact]
    public void A_full_vault_refuses_until_a_key_ends()
    {
        using var vault = LockedVault.Create(new VaultOptions { Capacity = 3 });
        var keys = Enumerable.Range(0, 3).Select(_ => vault.Generate()).ToList();

        var refusal = Assert.Throws<SignerException>(vault.Generate);
        Assert.Equal(ErrorCode.VaultFull, refusal.Code);
        Assert.Equal(new VaultState("memfd_secret", false, 3, 3, true), vault.State);

        keys[1].Dispose();
        using var again = vault.Generate();
        Assert.True(again.TrySign(in Digest, new byte[65]));
    }

    [Fact]
    public void A_disposed_vault_ends_its_keys_and_makes_none()
    {
        var vault = LockedVault.Create(new VaultOptions { Capacity = 2 });
        var key = vault.Generate();
        vault.Dispose();
        vault.Dispose();

        Assert.False(key.TrySign(in Digest, new byte[65]));
        key.Dispose();
        Assert.Equal(ErrorCode.ShuttingDown, Assert.Throws<SignerException>(vault.Generate).Code);
    }

    [Fact]
    public void Signing_and_disposing_race_on_64_threads_and_every_signature_given_is_valid()
    {
        const int Rounds = 20;
        using var vault = LockedVault.Create(new VaultOptions { Capacity = 1 });
        var failures = new ConcurrentQueue<string>();
        ISessionKey key = null!;
        using var start = new Barrier(64, barrier => key = barrier.CurrentPhaseNumber % 2 == 0 ? vault.Generate() : key);
        var threads = Enumerable
            .Range(0, 64)
            .Select(index => new Thread(() =>
            {
                var signature65 = new byte[65];
                var recovered33 = new byte[33];
                for (var round = 0; round < Rounds; round++)
                {
                    start.SignalAndWait();
                    var own = key;
                    if (index % 8 == 0)
                    {
                        Thread.SpinWait(index * 100);
                        own.Dispose();
                        // The promise of Dispose: from here on nobody signs.
                        if (own.TrySign(in Digest, signature65))
                        {
                            failures.Enqueue("signed after Dispose");
                        }
                    }
                    while (own.TrySign(in Digest, signature65))
                    {
                        if (
                            !Secp256k1.TryRecover(in Digest, signature65, recovered33)
                            || !recovered33.AsSpan().SequenceEqual(own.PublicKey.Compressed.Span)
                        )
                        {
                            failures.Enqueue("a signature by another key");
                        }
                    }
                    start.SignalAndWait();
                }
            }))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Empty(failures);
    }

    [Fact]
    public void The_vault_is_disposed_while_64_threads_generate_and_sign()
    {
        var failures = new ConcurrentQueue<Exception>();
        for (var round = 0; round < 3; round++)
        {
            var vault = LockedVault.Create(new VaultOptions { Capacity = 64 });
            var threads = Enumerable
                .Range(0, 64)
                .Select(_ => new Thread(() =>
                {
                    try
                    {
                        while (true)
                        {
                            using var key = vault.Generate();
                            key.TrySign(in Digest, new byte[65]);
                        }
                    }
                    catch (SignerException exception) when (exception.Code == ErrorCode.ShuttingDown) { }
                    catch (Exception exception)
                    {
                        failures.Enqueue(exception);
                    }
                }))
                .ToList();
            threads.ForEach(thread => thread.Start());
            Thread.Sleep(20);
            vault.Dispose();
            threads.ForEach(thread => thread.Join());
        }
        Assert.Empty(failures);
    }
}
