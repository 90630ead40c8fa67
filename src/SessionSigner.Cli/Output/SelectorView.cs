using System.Text.Json;
using SessionSigner.Grants;

namespace SessionSigner.Cli;

/// <summary>The selectors of a policy's functions, computed here from the document that was verified.</summary>
internal static class SelectorView
{
    private static readonly IReadOnlyList<string> Columns = ["selector", "signature", "permission"];

    /// <summary>Those of a policy's ceiling; empty for a roster, and for a ceiling that this program cannot read.</summary>
    public static IReadOnlyList<CallSelector> Of(ReadOnlySpan<byte> documentUtf8)
    {
        try
        {
            var reader = new Utf8JsonReader(documentUtf8, new JsonReaderOptions { MaxDepth = 64 });
            using var document = JsonDocument.ParseValue(ref reader);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("ceiling", out var ceiling)
                && Scope.TryParse(System.Text.Encoding.UTF8.GetBytes(ceiling.GetRawText()), out var scope, out _)
                ? CallSelector.Of(scope!)
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>A row for each, under a heading; nothing if there are none.</summary>
    public static void Write(Report report, IReadOnlyList<CallSelector> selectors)
    {
        if (selectors.Count == 0)
        {
            return;
        }
        report.Heading("Functions");
        report.Table(
            Columns,
            selectors.Select(call => (IReadOnlyList<string>)[call.Selector, call.Signature, call.Permission]).ToList(),
            ""
        );
    }
}
