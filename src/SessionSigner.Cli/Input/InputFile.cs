using System.Text;

namespace SessionSigner.Cli;

/// <summary>Reads bounded input from a file, or from standard input if the path is "-".</summary>
internal static class InputFile
{
    public const string StandardInput = "-";

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <exception cref="UsageException">It cannot be read, is empty, or longer than <paramref name="bytesMax"/>.</exception>
    public static async Task<byte[]> ReadAsync(CliHost host, string path, string what, int bytesMax, CancellationToken cancellationToken)
    {
        try
        {
            if (path == StandardInput)
            {
                return await ReadBoundedAsync(host.Input, "standard input", what, bytesMax, cancellationToken);
            }

            await using var file = File.OpenRead(path);
            return await ReadBoundedAsync(file, path, what, bytesMax, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unreadable(path, what, e);
        }
    }

    /// <exception cref="UsageException">It cannot be read, is not UTF-8, or longer than <paramref name="bytesMax"/>.</exception>
    public static string ReadText(string path, string what, int bytesMax)
    {
        try
        {
            if (new FileInfo(path).Length > bytesMax)
            {
                throw new UsageException($"The {what} {path} is longer than {bytesMax} bytes.");
            }

            return StrictUtf8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unreadable(path, what, e);
        }
    }

    /// <summary>The bytes as text.</summary>
    /// <exception cref="UsageException">They are not UTF-8.</exception>
    public static string Text(byte[] bytes, string what)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new UsageException($"The {what} is not UTF-8 text.", e);
        }
    }

    private static async Task<byte[]> ReadBoundedAsync(
        Stream source,
        string name,
        string what,
        int bytesMax,
        CancellationToken cancellationToken
    )
    {
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await content.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            if (content.Length > bytesMax)
            {
                throw new UsageException($"The {what} in {name} is longer than {bytesMax} bytes.");
            }
        }

        return content.Length > 0 ? content.ToArray() : throw new UsageException($"The {what} in {name} is empty.");
    }

    public static UsageException Unreadable(string path, string what, Exception e) =>
        new($"The {what} {path} cannot be read: {Cause(e)}. Check the path; '-' reads standard input.", e);

    private static string Cause(Exception e) =>
        e switch
        {
            FileNotFoundException or DirectoryNotFoundException => "no such file",
            UnauthorizedAccessException => "no permission, or a folder",
            DecoderFallbackException => "not UTF-8 text",
            _ => "not readable",
        };
}
