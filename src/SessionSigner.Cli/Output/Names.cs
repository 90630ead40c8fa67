using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SessionSigner.Cli;

/// <summary>How values are written for people and in JSON.</summary>
internal static class Names
{
    // Shorter ones read well as they are, and may be a year or a port.
    private const int AmountDigitsMin = 5;

    /// <summary>An enum value in snake_case: budget_exceeded.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static string Hex(ReadOnlySpan<byte> bytes) => bytes.Length == 0 ? "" : "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>Unix seconds as UTC; empty for 0, the number itself if no calendar has it.</summary>
    public static string Time(long unixSeconds) =>
        unixSeconds switch
        {
            0 => "",
            > 0 and < 253_402_300_800 => DateTimeOffset
                .FromUnixTimeSeconds(unixSeconds)
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            _ => unixSeconds.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>Unix milliseconds as UTC.</summary>
    public static string TimeMs(long unixMs) =>
        unixMs switch
        {
            0 => "",
            > 0 and < 253_402_300_800_000 => DateTimeOffset
                .FromUnixTimeMilliseconds(unixMs)
                .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            _ => unixMs.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>Unix seconds as UTC with the number beside it, which is what was signed; empty for 0.</summary>
    public static string TimeAndNumber(long unixSeconds) =>
        Time(unixSeconds) is { Length: > 0 } text && text[^1] == 'Z'
            ? string.Create(CultureInfo.InvariantCulture, $"{text} (unix {unixSeconds})")
            : Time(unixSeconds);

    /// <summary>A whole number, also at the end of a comparison, with its thousands apart: 2,500,000,000. Other text stays as it is.</summary>
    public static string Amount(string text)
    {
        var start = text.AsSpan().LastIndexOfAnyExceptInRange('0', '9') + 1;
        var digits = text.Length - start;
        if (digits < AmountDigitsMin || !(start == 0 || text.AsSpan(0, start).EndsWith("= ") || text.AsSpan(0, start).EndsWith("< ")))
        {
            return text;
        }

        var grouped = new StringBuilder(text, 0, start, text.Length + (digits / 3));
        for (var i = 0; i < digits; i++)
        {
            if (i > 0 && (digits - i) % 3 == 0)
            {
                grouped.Append(',');
            }

            grouped.Append(text[start + i]);
        }

        return grouped.ToString();
    }

    /// <summary>Seconds as people say them: 8 h, 90 min, 45 s.</summary>
    public static string Lifetime(uint seconds) =>
        seconds switch
        {
            > 0 when seconds % 86_400 == 0 => $"{seconds / 86_400} d",
            > 0 when seconds % 3600 == 0 => $"{seconds / 3600} h",
            > 0 when seconds % 60 == 0 => $"{seconds / 60} min",
            _ => $"{seconds} s",
        };

    public static string YesNo(bool value) => value ? "yes" : "no";
}
