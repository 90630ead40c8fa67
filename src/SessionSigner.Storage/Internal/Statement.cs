using Microsoft.Data.Sqlite;

namespace SessionSigner.Storage;

/// <summary>A prepared statement with its parameters by position, made once and run many times.</summary>
/// <remarks>Ends with its connection, which disposes of its commands when it is closed.</remarks>
#pragma warning disable CA1001 // see the remark
internal sealed class Statement
#pragma warning restore CA1001
{
    private readonly SqliteCommand _command;
    private readonly SqliteParameter[] _parameters;

    public Statement(SqliteConnection connection, string sql, string[] parameters)
    {
        _command = connection.CreateCommand();
#pragma warning disable CA2100 // every caller passes a constant
        _command.CommandText = sql;
#pragma warning restore CA2100
        _parameters = Array.ConvertAll(parameters, name => new SqliteParameter { ParameterName = name });
        _command.Parameters.AddRange(_parameters);
    }

    public Statement Set(int parameter, object value)
    {
        _parameters[parameter].Value = value;
        return this;
    }

    /// <summary>Sets a blob to the first bytes of a buffer.</summary>
    public Statement SetPrefix(int parameter, byte[] buffer, int count)
    {
        _parameters[parameter].Value = buffer;
        _parameters[parameter].Size = count;
        return this;
    }

    /// <summary>Runs the statement.</summary>
    /// <returns>Number of rows changed.</returns>
    public int Run() => _command.ExecuteNonQuery();

    public SqliteDataReader Read() => _command.ExecuteReader();
}

/// <summary>Short forms for constant statements.</summary>
internal static class SqliteConnectionExtensions
{
    public static Statement Prepare(this SqliteConnection connection, string sql, params string[] parameters) =>
        new(connection, sql, parameters);

    public static void Run(this SqliteConnection connection, string sql)
    {
        var statement = new Statement(connection, sql, []);
        statement.Run();
    }

    public static string ReadText(this SqliteConnection connection, string sql)
    {
        var statement = new Statement(connection, sql, []);
        using var reader = statement.Read();
        return reader.Read() ? reader.GetString(0) : "";
    }

    public static long ReadLong(this SqliteConnection connection, string sql)
    {
        var statement = new Statement(connection, sql, []);
        using var reader = statement.Read();
        return reader.Read() ? reader.GetInt64(0) : 0;
    }
}
