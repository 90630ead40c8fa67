using Microsoft.Data.Sqlite;

namespace SessionSigner.Storage.Tests;

/// <summary>What the journal is compared with: commits to SQLite with the same durability settings and nothing else.</summary>
internal static class PlainSqlite
{
    public static void Run(string path, int count, Action<string> print)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        connection.Run("PRAGMA journal_mode = WAL");
        connection.Run("PRAGMA synchronous = FULL");
        connection.Run("CREATE TABLE t (i INTEGER)");
        for (var i = 0; i < count; i++)
        {
            try
            {
                connection.Run("INSERT INTO t VALUES (1)");
                print($"ack plain-{i} {i}");
            }
            catch (SqliteException)
            {
                print("failed");
            }
        }
    }
}
