using System.Buffers;
using System.Globalization;
using System.Text;

namespace SessionSigner.Ethereum;

/// <summary>
/// Which texts may be signed: those that are what a reader sees. Letters, marks, digits, punctuation, symbols, the space and the line feed; nothing that is
/// invisible, that changes the direction of what follows, or that ends a line in another way.
/// </summary>
public static class MessageText
{
    /// <summary>Longest text in bytes.</summary>
    public const int SizeMax = 8_192;

    // Letters, marks and symbols that show nothing: joiners, fillers, variation selectors, the empty braille cell.
    private static readonly (int First, int Last)[] s_invisible =
    [
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    ];

    /// <summary>Finds what a text must not have.</summary>
    /// <param name="utf8">The text.</param>
    /// <returns>What and where, for people; null if there is nothing.</returns>
    public static string? FindFault(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || utf8.Length > SizeMax)
        {
            return utf8.IsEmpty ? "message: empty" : $"message: longer than {SizeMax} bytes";
        }
        for (var position = 0; position < utf8.Length; )
        {
            if (Rune.DecodeFromUtf8(utf8[position..], out var rune, out var consumed) != OperationStatus.Done)
            {
                return string.Create(CultureInfo.InvariantCulture, $"message: not UTF-8 at byte {position}");
            }
            if (!IsVisible(rune))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"message: U+{rune.Value:X4} at byte {position}, which a reader does not see"
                );
            }
            position += consumed;
        }
        return null;
    }

    private static bool IsVisible(Rune rune)
    {
        if (rune.IsAscii)
        {
            return rune.Value is '\n' or (>= ' ' and <= '~');
        }
        var isShown =
            Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator
            );
        return isShown && !Array.Exists(s_invisible, range => rune.Value >= range.First && rune.Value <= range.Last);
    }
}
