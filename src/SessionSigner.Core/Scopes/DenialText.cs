namespace SessionSigner.Core;

/// <summary>Texts of refusals: printable ASCII of at most 256 characters, whatever the request held.</summary>
internal static class DenialText
{
    private const int LengthMax = 256;

    /// <summary>Cuts a text and replaces everything but printable ASCII.</summary>
    public static string Clip(string text, int lengthMax = LengthMax)
    {
        var clipped = text.Length <= lengthMax ? text : string.Concat(text.AsSpan(0, lengthMax - 3), "...");
        return clipped.Any(c => c is < ' ' or > '~') ? string.Create(clipped.Length, clipped, Replace) : clipped;
    }

    /// <summary>Lists what is allowed, as many as fit.</summary>
    public static string List(IReadOnlyCollection<string> items)
    {
        const string separator = ", ";
        var text = "";
        var shown = 0;
        foreach (var item in items)
        {
            if (text.Length + item.Length > LengthMax - 32)
            {
                break;
            }
            text += (shown++ == 0 ? "" : separator) + item;
        }
        return Clip(shown == items.Count ? text : $"{text}{(shown == 0 ? "" : separator)}and {items.Count - shown} more");
    }

    private static void Replace(Span<char> destination, string source)
    {
        for (var i = 0; i < source.Length; i++)
        {
            destination[i] = source[i] is < ' ' or > '~' ? '?' : source[i];
        }
    }
}
