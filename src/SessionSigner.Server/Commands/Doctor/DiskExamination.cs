using SessionSigner.Storage;

namespace SessionSigner.Server;

/// <summary>Whether the journal has room to grow.</summary>
internal static class DiskExamination
{
    private const string Subject = "disk";
    private const long WarningBytes = 1L << 30;

    /// <summary>One finding, or none if the journal's folder is not there yet.</summary>
    public static IEnumerable<Finding> Run(JournalSection journal)
    {
        var folder = Path.GetDirectoryName(journal.Path)!;
        return Directory.Exists(folder) ? [Examine(folder, FileSystemStatus.Of(folder).FreeBytes)] : [];
    }

    internal static Finding Examine(string folder, long freeBytes) =>
        freeBytes >= WarningBytes
            ? Finding.Good(Subject, $"{freeBytes >> 20} MiB free at {folder}")
            : Finding.Warn(
                Subject,
                $"only {freeBytes >> 20} MiB free at {folder}",
                $"make room for {WarningBytes >> 20} MiB, or move the journal to a larger disk: signing stops when it cannot be written"
            );
}
