using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace SessionSigner.Cli;

/// <summary>
/// Writes results: JSON if asked for, tables and colour on a terminal, aligned plain text in a pipe.
/// Everything a person sees passes <see cref="SafeText"/>; JSON escapes all but printable ASCII by itself.
/// </summary>
internal sealed class Report(CliHost host, bool json)
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.Default,
        WriteIndented = true,
        NewLine = "\n",
    };

    private static readonly JsonSerializerOptions JsonLineOptions = new(JsonOptions) { WriteIndented = false };

    private readonly IAnsiConsole? _terminal =
        host.OutputIsTerminal && !json ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(host.Output) }) : null;

    /// <summary>True if the result goes out as JSON and nothing else may.</summary>
    public bool IsJson { get; } = json;

    /// <summary>One JSON document over several lines.</summary>
    public void Json<T>(T value) => host.Output.WriteLine(JsonSerializer.Serialize(value, JsonOptions));

    /// <summary>One JSON document on one line, for streams.</summary>
    public void JsonLine<T>(T value)
    {
        host.Output.WriteLine(JsonSerializer.Serialize(value, JsonLineOptions));
        host.Output.Flush();
    }

    /// <summary>One line of text.</summary>
    public void Line(string text)
    {
        host.Output.WriteLine(SafeText.Escape(text));
        host.Output.Flush();
    }

    /// <summary>A line that stands out on a terminal: green for good, red for bad.</summary>
    public void Verdict(bool good, string text)
    {
        if (_terminal is null)
        {
            Line(text);
            return;
        }

        _terminal.Write(new Text(SafeText.Escape(text) + "\n", new Style(good ? Color.Green : Color.Red, decoration: Decoration.Bold)));
    }

    /// <summary>Heading of a part of a longer report.</summary>
    public void Heading(string text)
    {
        if (_terminal is null)
        {
            host.Output.WriteLine();
            host.Output.WriteLine(SafeText.Escape(text));
            return;
        }

        _terminal.Write(new Text("\n" + SafeText.Escape(text) + "\n", new Style(decoration: Decoration.Bold)));
    }

    /// <summary>Names and values, one pair a line; pairs with an empty value are left out.</summary>
    public void Fields(params IEnumerable<(string Name, string Value)> fields)
    {
        var shown = fields.Where(f => f.Value.Length > 0).Select(f => (f.Name, Value: SafeText.Escape(f.Value))).ToList();
        var width = shown.Count == 0 ? 0 : shown.Max(f => f.Name.Length);
        foreach (var (name, value) in shown)
        {
            if (_terminal is null)
            {
                host.Output.WriteLine($"{(name + ":").PadRight(width + 1)} {value}");
            }
            else
            {
                _terminal.Write(new Text(name.PadRight(width + 2), new Style(Color.Grey)));
                // Not wrapped: hashes and keys are copied from here.
                host.Output.WriteLine(value);
            }
        }

        host.Output.Flush();
    }

    /// <summary>
    /// A table; <paramref name="empty"/> says so when there are no rows. <paramref name="lines"/> are the rows as single lines, for a terminal on which
    /// the table does not fit; without them each row becomes a record.
    /// </summary>
    public void Table(
        IReadOnlyList<string> columns,
        IReadOnlyList<IReadOnlyList<string>> rows,
        string empty,
        IReadOnlyList<string>? lines = null
    )
    {
        if (rows.Count == 0)
        {
            Line(empty);
            return;
        }

        var safe = rows.Select(row => row.Select(SafeText.Escape).ToArray()).ToList();
        if (_terminal is null)
        {
            WritePlain(columns, safe);
            return;
        }

        if (!FitsTerminal(_terminal, columns, safe))
        {
            if (lines is not null)
            {
                foreach (var line in lines)
                {
                    Line(line);
                }

                return;
            }

            WriteRecords(columns, safe);
            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))));
        }

        foreach (var row in safe)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        _terminal.Write(table);
    }

    private static bool FitsTerminal(IAnsiConsole terminal, IReadOnlyList<string> columns, List<string[]> rows) =>
        columns.Select((c, i) => Math.Max(c.Length, rows.Max(r => r[i].Length)) + 3).Sum() + 1 <= terminal.Profile.Width;

    // A table that does not fit would break identifiers over lines, and people copy those.
    private void WriteRecords(IReadOnlyList<string> columns, List<string[]> rows)
    {
        foreach (var row in rows)
        {
            Fields(columns.Zip(row));
            host.Output.WriteLine();
        }
    }

    private void WritePlain(IReadOnlyList<string> columns, List<string[]> rows)
    {
        var widths = columns.Select((c, i) => Math.Max(c.Length, rows.Max(r => r[i].Length))).ToArray();
        WriteRow(columns.Select(c => c.ToUpperInvariant()).ToArray(), widths);
        foreach (var row in rows)
        {
            WriteRow(row, widths);
        }

        host.Output.Flush();
    }

    private void WriteRow(string[] cells, int[] widths) =>
        host.Output.WriteLine(string.Join("  ", cells.Select((c, i) => c.PadRight(widths[i]))).TrimEnd());
}
