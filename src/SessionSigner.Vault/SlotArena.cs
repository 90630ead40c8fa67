namespace SessionSigner.Vault;

/// <summary>Slots of 64 bytes in <see cref="SecretMemory"/>, one per key. Which slots are free is kept outside, in ordinary memory. Thread safe.</summary>
internal sealed unsafe class SlotArena : IDisposable
{
    /// <summary>Bytes of a slot: a scalar of 32, padded to a cache line so that keys in use by several threads do not share one.</summary>
    public const int SlotSize = 64;

    /// <summary>Bytes of a scalar.</summary>
    public const int ScalarSize = 32;

    private readonly SecretMemory _memory;
    private readonly Stack<int> _free;
    private readonly Lock _lock = new();

    public SlotArena(int capacity, bool allowDegraded)
    {
        _memory = SecretMemory.Map((nuint)capacity * SlotSize, allowDegraded);
        Capacity = capacity;
        _free = new Stack<int>(capacity);
        for (var slot = capacity - 1; slot >= 0; slot--)
        {
            _free.Push(slot);
        }
    }

    public int Capacity { get; }

    public bool Degraded => _memory.Degraded;

    public int InUse
    {
        get
        {
            lock (_lock)
            {
                return Capacity - _free.Count;
            }
        }
    }

    /// <summary>Takes a free slot, or answers false if all are in use.</summary>
    public bool TryTake(out int slot)
    {
        lock (_lock)
        {
            return _free.TryPop(out slot);
        }
    }

    /// <summary>The scalar in a slot that the caller has taken and not yet released.</summary>
    public Span<byte> Scalar(int slot) => new(Address(slot), ScalarSize);

    /// <summary>Fills the scalar with bytes of the kernel's generator, written straight into the slot.</summary>
    public void FillRandom(int slot)
    {
        var filled = 0;
        while (filled < ScalarSize)
        {
            var count = Libc.GetRandom(Address(slot) + filled, (nuint)(ScalarSize - filled), 0);
            if (count > 0)
            {
                filled += (int)count;
            }
            else if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != Libc.Interrupted)
            {
                throw new InvalidOperationException("getrandom failed.");
            }
        }
    }

    /// <summary>Wipes a slot and gives it back.</summary>
    public void WipeAndRelease(int slot)
    {
        Libc.Zero(Address(slot), SlotSize);
        lock (_lock)
        {
            _free.Push(slot);
        }
    }

    public void Dispose() => _memory.Dispose();

    private byte* Address(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, Capacity);
        return _memory.Base + ((nuint)slot * SlotSize);
    }
}
