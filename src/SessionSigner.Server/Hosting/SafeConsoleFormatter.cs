using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace SessionSigner.Server;

/// <summary>One line per event: time, level, category, event id, message. Control characters in values are escaped, so a value can neither begin a line nor colour one.</summary>
internal sealed class SafeConsoleFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    /// <summary>Name it is registered under.</summary>
    public const string FormatterName = "safe";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var time = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        textWriter.Write($"{time} {LevelName(logEntry.LogLevel)} {logEntry.Category}[{logEntry.EventId.Id}] ");
        WriteEscaped(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is not null)
        {
            textWriter.Write(" | ");
            WriteEscaped(textWriter, logEntry.Exception.ToString());
        }
        textWriter.WriteLine();
    }

    /// <summary>Writes text with every control and format character and line separator as \uXXXX.</summary>
    internal static void WriteEscaped(TextWriter writer, string text)
    {
        foreach (var c in text)
        {
            var category = char.GetUnicodeCategory(c);
            if (
                category
                is UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.Surrogate
            )
            {
                writer.Write($"\\u{(int)c:x4}");
            }
            else
            {
                writer.Write(c);
            }
        }
    }

    private static string LevelName(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "TRACE",
            LogLevel.Debug => "DEBUG",
            LogLevel.Information => "INFO",
            LogLevel.Warning => "WARN",
            LogLevel.Critical => "CRITICAL",
            _ => "ERROR",
        };
}
