using SessionSigner.Ethereum;

namespace SessionSigner.Cli;

/// <summary>A digest from a file or standard input: 0x and 64 hexadecimal digits; a line break may follow.</summary>
internal static class DigestInput
{
    private const int BytesMax = 80;

    public static async Task<Hash32> ReadAsync(CliHost host, string path, CancellationToken cancellationToken)
    {
        var text = InputFile
            .Text(await InputFile.ReadAsync(host, path, "digest", BytesMax, cancellationToken), "digest")
            .TrimEnd('\r', '\n');
        return Hash32.TryParse(text, out var digest)
            ? digest
            : throw new UsageException("A digest is written as 0x and 64 hexadecimal digits.");
    }
}
