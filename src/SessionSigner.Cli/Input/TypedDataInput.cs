namespace SessionSigner.Cli;

/// <summary>EIP-712 typed data from a file or standard input. What it means is for the daemon to say; that it is text is checked here.</summary>
internal static class TypedDataInput
{
    private const int BytesMax = 131_072;

    public static async Task<byte[]> ReadAsync(CliHost host, string path, CancellationToken cancellationToken)
    {
        var bytes = await InputFile.ReadAsync(host, path, "typed data", BytesMax, cancellationToken);
        InputFile.Text(bytes, "typed data");
        return bytes;
    }
}
