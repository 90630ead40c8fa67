using SessionSigner.Audit;
using SessionSigner.Storage;

namespace SessionSigner.Server;

/// <summary>Whether the journal can be opened and verifies. A running daemon owns it; then nothing is opened.</summary>
internal static class JournalExamination
{
    private const string Subject = "journal";

    public static JournalResult Run(JournalSection options, TimeProvider clock)
    {
        if (!File.Exists(options.Path) && !File.Exists(options.Path + ".lock"))
        {
            return new JournalResult(Finding.Good(Subject, $"{options.Path} will be made at the first start"));
        }
        try
        {
            var journal = SqliteJournal.Open(new SqliteJournalOptions { Path = options.Path }, clock);
            var size = journal.Head.Size;
            var last = ReadLastTime(journal, size);
            journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return new JournalResult(Finding.Good(Subject, $"{Plural.Of(checked((int)size), "entry", "entries")} verified"))
            {
                LastEntry = last,
            };
        }
        catch (JournalOpenException exception) when (exception.IsInUse)
        {
            return new JournalResult(Finding.Good(Subject, "in use by a running daemon, which verified it when it started"))
            {
                IsInUse = true,
            };
        }
        catch (JournalOpenException exception)
        {
            return new JournalResult(Finding.Fail(Subject, exception.Message, RemedyOf(exception, options.Path)));
        }
    }

    private static DateTimeOffset? ReadLastTime(SqliteJournal journal, long size) =>
        size > 0 && journal.ReadEntries(size - 1, 1) is [var stored] && EntryCodec.TryDecode(stored.Bytes.Span, out var entry, out _)
            ? DateTimeOffset.FromUnixTimeMilliseconds(entry!.TimeMs)
            : null;

    private static string RemedyOf(JournalOpenException exception, string path) =>
        exception.IsPlaceUnsafe
            ? $"let nobody but the daemon's user reach {Path.GetDirectoryName(path)}, on a local disk: chown it to that user, chmod 700 it and 600 the files in it"
            : $"unless the text says otherwise, start nothing, keep {path} and the files beside it for the auditors, and restore a backup: deploy/README.md, Backup and restore";
}

/// <summary>What became of the journal's examination.</summary>
/// <param name="Finding">For the report.</param>
internal sealed record JournalResult(Finding Finding)
{
    /// <summary>Whether another process, most likely the daemon, owns the journal.</summary>
    public bool IsInUse { get; init; }

    /// <summary>When the last entry was written; null if there is none or the journal was not opened.</summary>
    public DateTimeOffset? LastEntry { get; init; }
}
