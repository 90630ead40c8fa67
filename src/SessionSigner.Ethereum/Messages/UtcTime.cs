using System.Globalization;

namespace SessionSigner.Ethereum;

/// <summary>A moment as messages write it: RFC 3339 in UTC, "2026-01-31T12:00:00Z", with up to nine digits of a second after a point.</summary>
/// <param name="Text">As written.</param>
/// <param name="Seconds">Unix time, rounded down.</param>
public readonly record struct UtcTime(string Text, long Seconds)
{
    /// <summary>Length of the text without a fraction.</summary>
    public const int WholeLength = 20;

    private const int FractionDigitsMax = 9;

    /// <summary>Unix time, rounded up: what must not be later than a limit is held against it by this.</summary>
    public long SecondsUp => Text.AsSpan(WholeLength - 1).ContainsAnyInRange('1', '9') ? Seconds + 1 : Seconds;

    /// <summary>Reads a moment of a day that exists, from the year 1970 on. Offsets, lower case, second 60 and other separators are refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out UtcTime time)
    {
        time = default;
        if (text.Length < WholeLength || text[^1] != 'Z' || !HasFraction(text[(WholeLength - 1)..^1]))
        {
            return false;
        }
        if (
            !DateTimeOffset.TryParseExact(
                text[..(WholeLength - 1)],
                "yyyy-MM-dd'T'HH:mm:ss",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var moment
            )
            || moment < DateTimeOffset.UnixEpoch
        )
        {
            return false;
        }
        time = new UtcTime(text.ToString(), moment.ToUnixTimeSeconds());
        return true;
    }

    // Nothing, or a point and digits.
    private static bool HasFraction(ReadOnlySpan<char> text) =>
        text.IsEmpty
        || (text[0] == '.' && text.Length is > 1 and <= 1 + FractionDigitsMax && !text[1..].ContainsAnyExceptInRange('0', '9'));
}
