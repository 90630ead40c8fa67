using System.Globalization;
using System.Text.Json;

namespace SessionSigner.Cli;

/// <summary>How values are written for people and in JSON.</summary>
internal static class Names
{
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

    public static string YesNo(bool value) => value ? "yes" : "no";
}
