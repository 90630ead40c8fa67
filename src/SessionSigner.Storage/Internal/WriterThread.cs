using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage;

/// <summary>The one thread that writes: takes a batch, commits it, records and publishes the head, releases the waiters, in that order.</summary>
internal sealed class WriterThread
{
    private sealed record PublishedHead(TreeHead Head);

    private readonly WriteQueue _queue = new();
    private readonly SqliteConnection _connection;
    private readonly BatchCommitter _committer;
    private readonly AcknowledgedHeads _acknowledged;
    private readonly ILogger? _logger;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile PublishedHead _head;
    private TaskCompletionSource? _growth;
    private volatile bool _hasFailed;

    private WriterThread(SqliteConnection connection, AcknowledgedHeads acknowledged, OpenedLog log, ILogger? logger)
    {
        _connection = connection;
        _acknowledged = acknowledged;
        _committer = new BatchCommitter(connection, log);
        _logger = logger;
        _head = new PublishedHead(new TreeHead(log.Tree.Size, new Hash32(log.Tree.Root())));
    }

    public bool IsWritable => _queue.IsOpen;

    public TreeHead Head => _head.Head;

    public static WriterThread Start(SqliteConnection connection, AcknowledgedHeads acknowledged, OpenedLog log, ILogger? logger)
    {
        var writer = new WriterThread(connection, acknowledged, log, logger);
        new Thread(writer.Run) { Name = "journal", IsBackground = true }.Start();
        return writer;
    }

    public void Add(PendingWrite write) => _queue.Add(write);

    public async Task WaitForGrowthAsync(long size, CancellationToken cancellationToken)
    {
        while (Head.Size <= size)
        {
            var growth = Volatile.Read(ref _growth);
            if (growth is null)
            {
                var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                growth = Interlocked.CompareExchange(ref _growth, created, null) ?? created;
            }
            // Only now, with the signal in place, does the size tell whether growth was missed.
            if (Head.Size > size)
            {
                return;
            }
            if (!IsWritable)
            {
                throw _hasFailed ? JournalErrors.Failed() : JournalErrors.ShuttingDown();
            }
            await growth.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes no more writes and completes once those that wait are committed.</summary>
    public Task StopAsync()
    {
        _queue.Close();
        return _stopped.Task;
    }

    /// <summary>Closes the connection, after the thread has ended. A failed journal is closed without writing anything more.</summary>
    public void CloseConnection()
    {
        if (_hasFailed)
        {
            Connections.DisableCheckpointOnClose(_connection);
        }
        _connection.Dispose();
    }

    private void Run()
    {
        var batch = new List<PendingWrite>(WriteQueue.BatchCountMax);
        try
        {
            while (_queue.TakeBatch(batch))
            {
                Publish(_committer.Commit(batch));
                Release(batch);
                batch.Clear();
                _committer.CheckpointIfDue();
            }
        }
        catch (Exception e)
        {
            Fail(e, batch);
        }
        finally
        {
            SignalGrowth();
            _stopped.SetResult();
        }
    }

    // What is about to be acknowledged is recorded first. A batch of nothing but rejected writes acknowledges nothing.
    private void Publish(TreeHead head)
    {
        if (head.Size != Head.Size)
        {
            _acknowledged.Write(head);
            _head = new PublishedHead(head);
        }
    }

    private void Release(List<PendingWrite> batch)
    {
        foreach (var pending in batch)
        {
            if (pending.Rejection is null)
            {
                pending.SetResult(pending.Index);
                continue;
            }
            pending.SetException(pending.Rejection);
            if (_logger is not null)
            {
                JournalLog.Rejected(_logger, pending.Rejection.Code);
            }
        }
        SignalGrowth();
    }

    // Whether the batch is on the disk is not known: its waiters are told that it may not be.
    private void Fail(Exception cause, List<PendingWrite> batch)
    {
        _hasFailed = true;
        foreach (var pending in batch.Concat(_queue.Fail(cause)))
        {
            pending.TrySetException(JournalErrors.Failed(cause));
        }
        if (_logger is not null)
        {
            JournalLog.Failed(_logger, cause, Head.Size);
        }
    }

    private void SignalGrowth() => Interlocked.Exchange(ref _growth, null)?.TrySetResult();
}
