using Microsoft.Data.Sqlite;

namespace SessionSigner.Storage;

/// <summary>Read-only connections, at most eight, each with its prepared statements. Thread safe.</summary>
internal sealed class ReaderPool(string path) : IDisposable
{
    private const int ReadersMax = 8;

    private readonly Lock _lock = new();
    private readonly Stack<JournalReader> _idle = new();
#pragma warning disable CA2213 // holds nothing: its wait handle is never asked for
    private readonly SemaphoreSlim _free = new(ReadersMax);
#pragma warning restore CA2213
    private bool _isClosed;

    /// <summary>Runs a query on one of the connections; waits for one if all are in use.</summary>
    public T Read<T>(Func<JournalReader, T> query)
    {
        _free.Wait();
        try
        {
#pragma warning disable CA2000 // given back below
            var reader = Take();
#pragma warning restore CA2000
            try
            {
                return query(reader);
            }
            finally
            {
                GiveBack(reader);
            }
        }
        catch (SqliteException e)
        {
            throw JournalErrors.Failed(e);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Closes the connections; those in use when they are given back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            while (_idle.TryPop(out var reader))
            {
                reader.Dispose();
            }
        }
    }

    private JournalReader Take()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                throw JournalErrors.ShuttingDown();
            }
            if (_idle.TryPop(out var idle))
            {
                return idle;
            }
        }
#pragma warning disable CA2000 // the reader owns its connection, the caller the reader
        return new JournalReader(Connections.OpenReader(path));
#pragma warning restore CA2000
    }

    private void GiveBack(JournalReader reader)
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                _idle.Push(reader);
                return;
            }
        }
        reader.Dispose();
    }
}
