using Microsoft.Data.Sqlite;

namespace SessionSigner.Storage;

/// <summary>Whether the tables of sessions hold exactly what the log says of them.</summary>
internal static class StoredSessions
{
    /// <exception cref="JournalOpenException">They differ; the message says where.</exception>
    public static void Verify(SqliteConnection connection, IReadOnlyDictionary<string, DerivedSession> sessions)
    {
        var statement = connection.Prepare(JournalReader.SessionColumns);
        using var reader = statement.Read();
        var count = 0;
        while (reader.Read())
        {
            count++;
            var stored = JournalReader.ReadSession(reader);
            if (!sessions.TryGetValue(stored.SessionId, out var session) || !session.Matches(reader.GetInt64(0), stored))
            {
                throw new JournalOpenException($"What is stored of session {stored.SessionId} does not follow from the log.");
            }
        }
        // The columns are of sessions with a state; neither table has any more. The sequence goes on where the sessions end.
        var rows = connection.ReadLong("SELECT count(*) FROM session");
        var states = connection.ReadLong("SELECT count(*) FROM session_state");
        var last = connection.ReadLong("SELECT coalesce(max(seq), 0) FROM sqlite_sequence");
        if (count != sessions.Count || rows != count || states != count || last != count)
        {
            throw new JournalOpenException(
                $"The log opens {sessions.Count} sessions, {rows} are stored, {states} with their state, {last} were numbered."
            );
        }
    }
}
