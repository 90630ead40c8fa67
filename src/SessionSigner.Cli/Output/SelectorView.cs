using System.Text.Json;
using SessionSigner.Grants;

namespace SessionSigner.Cli;

/// <summary>The selectors of a policy's functions, computed here from the document that was verified.</summary>
internal static class SelectorView
{
    private static readonly IReadOnlyList<string> Columns = ["selector", "signature", "permission"];

    /// <summary>Those of a policy's ceiling; none for a roster, null for a ceiling that this program cannot read.</summary>
    public static IReadOnlyList<CallSelector>? Of(ReadOnlySpan<byte> documentUtf8)
    {
        try
        {
            var reader = new Utf8JsonReader(documentUtf8, new JsonReaderOptions { MaxDepth = 64 });
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("ceiling", out var ceiling))
            {
                return [];
            }
            return Scope.TryParse(System.Text.Encoding.UTF8.GetBytes(ceiling.GetRawText()), out var scope, out _)
                ? CallSelector.Of(scope!)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A row for each, under a heading; nothing if there are none, and that this program cannot tell if it cannot.</summary>
    public static void Write(Report report, IReadOnlyList<CallSelector>? selectors)
    {
        if (selectors is null)
        {
            report.Heading("Functions");
            report.Line("This program cannot read the policy's ceiling, so it cannot show its functions; another version may.");
            return;
        }
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
