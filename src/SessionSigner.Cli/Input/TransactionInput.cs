namespace SessionSigner.Cli;

/// <summary>An unsigned transaction from a file or standard input: hexadecimal text that starts with 0x, or the bytes themselves.</summary>
internal static class TransactionInput
{
    private const int TransactionBytesMax = 131_072;

    public static async Task<byte[]> ReadAsync(CliHost host, string path, CancellationToken cancellationToken)
    {
        // Hexadecimal text is twice as long, and may end in a line break.
        var bytes = await InputFile.ReadAsync(host, path, "transaction", (2 * TransactionBytesMax) + 16, cancellationToken);
        if (IsText(bytes))
        {
            bytes = FromHex(System.Text.Encoding.ASCII.GetString(bytes).Trim());
        }

        return bytes.Length <= TransactionBytesMax
            ? bytes
            : throw new UsageException($"The transaction is longer than {TransactionBytesMax} bytes.");
    }

    // A serialised transaction starts with a type byte of 0x01 to 0x04 or an RLP list of 0xc0 or more: never with a printable character.
    private static bool IsText(byte[] bytes) => bytes[0] is (>= 0x20 and < 0x7f) or (byte)'\n' or (byte)'\r' or (byte)'\t';

    private static byte[] FromHex(string text)
    {
        if (!text.StartsWith("0x", StringComparison.Ordinal) || text.Length == 2)
        {
            throw new UsageException("The transaction is text but not hexadecimal: start it with 0x, or give the bytes themselves.");
        }

        try
        {
            return Convert.FromHexString(text.AsSpan(2));
        }
        catch (FormatException e)
        {
            throw new UsageException(
                "The transaction is not hexadecimal: after 0x there must be an even number of digits 0-9 a-f, and nothing else.",
                e
            );
        }
    }
}
