namespace SessionSigner.Cli;

/// <summary>Writes files that must not exist yet: nothing is overwritten.</summary>
internal static class NewFile
{
    /// <exception cref="UsageException">The file exists or cannot be made.</exception>
    public static FileStream Create(string path)
    {
        try
        {
            return new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException(
                File.Exists(path) ? $"{path} exists; give a new file." : $"{path} cannot be made; check its folder.",
                e
            );
        }
    }

    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        await using var file = Create(path);
        await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellationToken);
    }
}
