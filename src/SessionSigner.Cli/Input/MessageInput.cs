namespace SessionSigner.Cli;

/// <summary>A personal message from a file or standard input, byte for byte. What it may say is for the daemon to decide; that it is text is checked here.</summary>
internal static class MessageInput
{
    private const int BytesMax = 8_192;

    public static async Task<string> ReadAsync(CliHost host, string path, CancellationToken cancellationToken) =>
        InputFile.Text(await InputFile.ReadAsync(host, path, "message", BytesMax, cancellationToken), "message");
}
