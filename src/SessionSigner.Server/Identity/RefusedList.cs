using System.Collections.Frozen;
using System.Globalization;

namespace SessionSigner.Server;

/// <summary>A list of refused certificates as it was read.</summary>
/// <param name="Fingerprints">SHA-256 fingerprints, lower-case hexadecimal.</param>
/// <param name="FaultyLines">Numbers of the lines that are something else, from 1.</param>
internal sealed record RefusedList(FrozenSet<string> Fingerprints, IReadOnlyList<int> FaultyLines)
{
    private const int LinesNamedMax = 10;

    /// <summary>The faulty lines in words: "Line 3", "Lines 3, 7"; the first ten of them.</summary>
    public string FaultyLinesText =>
        (FaultyLines.Count == 1 ? "Line " : "Lines ")
        + string.Join(", ", FaultyLines.Take(LinesNamedMax).Select(line => line.ToString(CultureInfo.InvariantCulture)))
        + (FaultyLines.Count > LinesNamedMax ? " and more" : "");

    /// <summary>Reads a list: a fingerprint per line, # begins a comment, colons between digits are allowed.</summary>
    public static RefusedList Parse(string text)
    {
        var fingerprints = new HashSet<string>(StringComparer.Ordinal);
        var faulty = new List<int>();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var fingerprint = line.Split('#')[0].Trim().Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
            if (fingerprint.Length == 0)
            {
                continue;
            }
            if (fingerprint.Length == 64 && fingerprint.All(char.IsAsciiHexDigit))
            {
                fingerprints.Add(fingerprint);
            }
            else
            {
                faulty.Add(number);
            }
        }
        return new RefusedList(fingerprints.ToFrozenSet(StringComparer.Ordinal), faulty);
    }
}
