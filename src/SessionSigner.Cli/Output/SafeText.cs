using System.Globalization;
using System.Text;

namespace SessionSigner.Cli;

/// <summary>Makes text from elsewhere harmless on a terminal: one line, no escape sequence, no character that hides or reorders others.</summary>
internal static class SafeText
{
    /// <summary>The text with control, format (bidirectional, zero-width), separator and private characters and lone surrogates as \u{hex}.</summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
        {
            return text;
        }

        var safe = new StringBuilder(text.Length + 16);
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var isRune = Rune.DecodeFromUtf16(rest, out var rune, out var consumed) == System.Buffers.OperationStatus.Done;
            if (isRune && IsHarmless(rune))
            {
                safe.Append(rest[..consumed]);
            }
            else
            {
                safe.Append(CultureInfo.InvariantCulture, $"\\u{{{(isRune ? rune.Value : rest[0]):x}}}");
            }

            rest = rest[consumed..];
        }

        return safe.ToString();
    }

    private static bool IsHarmless(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.Surrogate
                or UnicodeCategory.OtherNotAssigned
            );
}
