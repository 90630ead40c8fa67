using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SessionSigner.Cli;

/// <summary>
/// The file of 'audit export': JSON, one document a line. The first line names the format, the log's origin, its size and its root;
/// then one line for every entry, in order, with its index and its bytes in base64.
/// </summary>
internal static class ExportFile
{
    public const string Format = "sessionsigner.audit-export.v1";

    // An entry has at most 65,535 bytes; base64 makes a third more of it.
    private const int LineLengthMax = 100_000;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
    };

    public static string WriteHeader(LogState state) =>
        JsonSerializer.Serialize(new Header(Format, state.Origin, state.Size, Names.Hex(state.Root)), Options);

    public static string WriteEntry(ulong index, ReadOnlySpan<byte> entry) =>
        JsonSerializer.Serialize(new Line(index, Convert.ToBase64String(entry)), Options);

    /// <exception cref="UsageException">It is not such a file.</exception>
    public static async Task<LogState> ReadHeaderAsync(StreamReader file, CancellationToken cancellationToken)
    {
        var header = Parse<Header>(await ReadLineAsync(file, 1, cancellationToken), 1);
        var root = header.RootHash.Length == 66 && header.RootHash.StartsWith("0x", StringComparison.Ordinal) ? header.RootHash[2..] : "";
        if (header.Format != Format || root.Length == 0 || !root.All(char.IsAsciiHexDigit))
        {
            throw Fault(1, $"the first line must name the format {Format} and a root hash of 32 bytes");
        }

        return new LogState(header.Origin, header.TreeSize, Convert.FromHexString(root));
    }

    /// <summary>The entries, each with the index it must have.</summary>
    /// <exception cref="UsageException">A line is not an entry, or not the next one.</exception>
    public static async IAsyncEnumerable<byte[]> ReadEntriesAsync(
        StreamReader file,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        for (ulong index = 0; ; index++)
        {
            var number = (long)index + 2;
            var text = await ReadLineAsync(file, number, cancellationToken);
            if (text is null)
            {
                yield break;
            }

            var line = Parse<Line>(text, number);
            if (line.Index != index)
            {
                throw Fault(number, $"it holds entry {line.Index} where entry {index} belongs");
            }

            yield return Decode(line.Entry, number);
        }
    }

    private static async Task<string?> ReadLineAsync(StreamReader file, long number, CancellationToken cancellationToken)
    {
        var text = await file.ReadLineAsync(cancellationToken);
        return text is { Length: > LineLengthMax } ? throw Fault(number, "it is too long for an entry") : text;
    }

    private static T Parse<T>(string? text, long number)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text ?? "", Options) ?? throw Fault(number, "it is null");
        }
        catch (JsonException e)
        {
            throw Fault(number, "it is not what 'sessionsigner audit export' writes", e);
        }
    }

    private static byte[] Decode(string base64, long number)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException e)
        {
            throw Fault(number, "its entry is not base64", e);
        }
    }

    private static UsageException Fault(long line, string what, Exception? inner = null) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The export, line {line}: {what}."), inner);

    private sealed record Header(string Format, string Origin, ulong TreeSize, string RootHash);

    private sealed record Line(ulong Index, string Entry);
}
