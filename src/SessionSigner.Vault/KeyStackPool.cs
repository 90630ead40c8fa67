using SessionSigner.Ethereum;

namespace SessionSigner.Vault;

/// <summary>Stacks in <see cref="SecretMemory"/> on which libsecp256k1 works with session keys, each between guard pages. Thread safe.</summary>
internal sealed unsafe class KeyStackPool : IDisposable
{
    /// <summary>Most stacks, 64 KiB of locked memory each.</summary>
    public const int CountMax = 32;

    // Twice the processors: a thread that is not running may hold one.
    private readonly SecretMemory[] _memory = new SecretMemory[Math.Min(2 * Environment.ProcessorCount, CountMax)];
    private readonly KeyStack[] _stacks;
    private readonly int[] _taken;

    /// <param name="allowDegraded">As in <see cref="SecretMemory.Map"/>.</param>
    /// <exception cref="VaultUnavailableException">The machine does not give such memory.</exception>
    public KeyStackPool(bool allowDegraded)
    {
        _stacks = new KeyStack[_memory.Length];
        _taken = new int[_memory.Length];
        try
        {
            for (var i = 0; i < _memory.Length; i++)
            {
                _memory[i] = SecretMemory.Map(KeyStack.Size, allowDegraded);
                _stacks[i] = new KeyStack(_memory[i].Base);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public bool Degraded => _memory.Any(memory => memory.Degraded);

    /// <summary>Takes a free stack. If there is none, waits for one by spinning: a use takes tens of microseconds.</summary>
    public Lease Take()
    {
        var spinner = new SpinWait();
        while (true)
        {
            var first = Thread.GetCurrentProcessorId();
            for (var i = 0; i < _stacks.Length; i++)
            {
                var index = (int)((uint)(first + i) % (uint)_stacks.Length);
                if (Interlocked.Exchange(ref _taken[index], 1) == 0)
                {
                    return new Lease(this, index);
                }
            }
            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Wipes the memory and gives it back. Only once no stack is in use.</summary>
    public void Dispose()
    {
        foreach (var memory in _memory)
        {
            memory?.Dispose();
        }
    }

    /// <summary>A stack until it is disposed.</summary>
    public readonly ref struct Lease(KeyStackPool pool, int index)
    {
        public KeyStack Value => pool._stacks[index];

        public void Dispose() => Volatile.Write(ref pool._taken[index], 0);
    }
}
