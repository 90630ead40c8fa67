using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SessionSigner.Ethereum.Tests;

public sealed class KeyStackTests
{
    [Fact]
    public unsafe void On_another_stack_the_results_are_the_same()
    {
        using var memory = new Memory();
        var stack = new KeyStack(memory.Base);
        for (var round = 0; round < 100; round++)
        {
            var key = RandomNumberGenerator.GetBytes(32);
            var digest = new Hash32(RandomNumberGenerator.GetBytes(32));
            var (publicKey, signature) = (new byte[33], new byte[65]);
            var (expectedKey, expectedSignature) = (new byte[33], new byte[65]);

            Assert.True(Secp256k1.TryCreatePublicKey(key, publicKey, stack));
            Assert.True(Secp256k1.TrySignRecoverable(key, digest, signature, stack));

            Assert.True(Secp256k1.TryCreatePublicKey(key, expectedKey));
            Assert.True(Secp256k1.TrySignRecoverable(key, digest, expectedSignature));
            Assert.Equal(expectedKey, publicKey);
            Assert.Equal(expectedSignature, signature);
        }
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141")]
    public unsafe void An_invalid_scalar_is_refused_there_too(string scalar)
    {
        using var memory = new Memory();
        var stack = new KeyStack(memory.Base);
        Assert.False(Secp256k1.TryCreatePublicKey(Convert.FromHexString(scalar), new byte[33], stack));
        Assert.False(Secp256k1.TrySignRecoverable(Convert.FromHexString(scalar), default, new byte[65], stack));
    }

    [Fact]
    public unsafe void Nothing_is_left_and_nothing_goes_deeper_than_what_is_overwritten()
    {
        using var memory = new Memory();
        var stack = new KeyStack(memory.Base);
        var bytes = new Span<byte>(memory.Base, KeyStack.StackBytes);
        bytes.Fill(0xa5);

        Assert.True(Secp256k1.TryCreatePublicKey(RandomNumberGenerator.GetBytes(32), new byte[33], stack));
        Assert.True(Secp256k1.TrySignRecoverable(RandomNumberGenerator.GetBytes(32), default, new byte[65], stack));

        Assert.Equal(-1, bytes[..^KeyStack.ClearedBytes].IndexOfAnyExcept((byte)0xa5));
        Assert.Equal(-1, bytes[^KeyStack.ClearedBytes..].IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public async Task Threads_sign_on_their_stacks_while_the_collector_stops_them_all()
    {
        using var done = new CancellationTokenSource();
        var collector = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
                // Without a pause the other tests of this process would stand still.
                await Task.Delay(1);
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(SignAndRecover)));
        await done.CancelAsync();
        await collector;
    }

    private static unsafe void SignAndRecover()
    {
        using var memory = new Memory();
        var stack = new KeyStack(memory.Base);
        var key = RandomNumberGenerator.GetBytes(32);
        var signature = new byte[65];
        var (publicKey, recovered) = (new byte[33], new byte[33]);
        Assert.True(Secp256k1.TryCreatePublicKey(key, publicKey, stack));
        for (var i = 0; i < 200; i++)
        {
            var digest = Keccak256.Hash(BitConverter.GetBytes(i));
            Assert.True(Secp256k1.TrySignRecoverable(key, digest, signature, stack));
            Assert.True(Secp256k1.TryRecover(digest, signature, recovered));
            Assert.Equal(publicKey, recovered);
        }
    }

    private sealed unsafe class Memory : IDisposable
    {
        public byte* Base { get; } = (byte*)NativeMemory.AlignedAlloc(KeyStack.Size, 64);

        public Memory() => new Span<byte>(Base, KeyStack.Size).Clear();

        public void Dispose() => NativeMemory.AlignedFree(Base);
    }
}
