using System.Globalization;

namespace SessionSigner.Cli;

/// <summary>A time such as 90, 90s, 15m, 8h or 1d; a bare number counts seconds.</summary>
internal static class Duration
{
    public static TimeSpan Parse(string text, string option)
    {
        var (digits, unitSeconds) =
            text.Length == 0
                ? (text, 1L)
                : text[^1] switch
                {
                    's' => (text[..^1], 1L),
                    'm' => (text[..^1], 60L),
                    'h' => (text[..^1], 3_600L),
                    'd' => (text[..^1], 86_400L),
                    _ => (text, 1L),
                };
        if (
            !uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count == 0
            || count * unitSeconds > int.MaxValue
        )
        {
            throw new UsageException($"{option} takes a time such as 90s, 15m, 8h or 1d, not '{SafeText.Escape(text)}'.");
        }

        return TimeSpan.FromSeconds(count * unitSeconds);
    }
}
