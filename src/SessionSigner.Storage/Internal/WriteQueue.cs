namespace SessionSigner.Storage;

/// <summary>The bounded queue between callers and the writer thread. Thread safe; one reader.</summary>
internal sealed class WriteQueue
{
    /// <summary>Most writes that wait.</summary>
    public const int CountMax = 4096;

    /// <summary>Most bytes of entries that wait.</summary>
    public const long BytesMax = 64 * 1024 * 1024;

    /// <summary>Most writes in one batch.</summary>
    public const int BatchCountMax = 256;

    /// <summary>A batch takes no further write once its entries have this many bytes.</summary>
    public const int BatchBytesMax = 1024 * 1024;

    // An object, not a Lock: the reader waits on it.
    private readonly object _lock = new();
    private readonly Queue<PendingWrite> _queue = new(CountMax);
    private long _bytes;
    private bool _isClosed;
    private Exception? _failure;

    /// <summary>True until a commit has failed or the queue was closed.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return !_isClosed && _failure is null;
            }
        }
    }

    /// <summary>Adds a write or throws at once.</summary>
    public void Add(PendingWrite write)
    {
        lock (_lock)
        {
            if (_failure is not null)
            {
                throw JournalErrors.Failed(_failure);
            }
            if (_isClosed)
            {
                throw JournalErrors.ShuttingDown();
            }
            if (_queue.Count >= CountMax || _bytes + write.Entry.Length > BytesMax)
            {
                throw JournalErrors.Overloaded();
            }
            _queue.Enqueue(write);
            _bytes += write.Entry.Length;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Blocks until there are writes and moves the next ones to the batch.</summary>
    /// <returns>False once the queue is closed and empty.</returns>
    public bool TakeBatch(List<PendingWrite> batch)
    {
        lock (_lock)
        {
            while (_queue.Count == 0 && !_isClosed)
            {
                Monitor.Wait(_lock);
            }
            var bytes = 0;
            while (batch.Count < BatchCountMax && bytes < BatchBytesMax && _queue.TryDequeue(out var write))
            {
                batch.Add(write);
                bytes += write.Entry.Length;
            }
            _bytes -= bytes;
            return batch.Count > 0;
        }
    }

    /// <summary>Takes no more writes; those that wait are still taken by the reader.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Takes no more writes and gives back those that wait, to be failed.</summary>
    public IReadOnlyList<PendingWrite> Fail(Exception cause)
    {
        lock (_lock)
        {
            _failure ??= cause;
            var waiting = _queue.ToArray();
            _queue.Clear();
            _bytes = 0;
            return waiting;
        }
    }
}
