using Microsoft.Data.Sqlite;
using SessionSigner.Core;
using SessionSigner.Core.Tests;
using SessionSigner.Storage;
using SessionSigner.Storage.Tests;

namespace Contracts;

/// <summary>The journal of the daemon.</summary>
public sealed class SqliteJournalContractTests : JournalContract, IDisposable
{
    private readonly JournalDirectory _directory = new();
    private readonly SqliteJournal _journal;

    public SqliteJournalContractTests() => _journal = _directory.Open();

    protected override IJournal Journal => _journal;

    public void Dispose()
    {
        _journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _directory.Dispose();
    }

    protected override void Break()
    {
        using var connection = new SqliteConnection($"Data Source={_directory.Path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "CREATE TRIGGER fault BEFORE INSERT ON batch BEGIN SELECT RAISE(ROLLBACK, 'fault'); END";
        command.ExecuteNonQuery();
    }
}

/// <summary>The journal behind the tests of the core and the server.</summary>
public sealed class MemoryJournalContractTests : JournalContract
{
    private readonly MemoryJournal _journal = new();

    protected override IJournal Journal => _journal;

    protected override void Break() => _journal.Mode = _ => JournalMode.FailCommit;
}
