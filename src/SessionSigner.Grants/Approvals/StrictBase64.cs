using System.Diagnostics.CodeAnalysis;

namespace SessionSigner.Grants;

/// <summary>Base64 with one text for every byte string: padded, no white space, no stray bits.</summary>
internal static class StrictBase64
{
    /// <summary>Reads a text whose length the caller has bounded.</summary>
    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        var buffer = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64String(text, buffer, out var length) || Convert.ToBase64String(buffer.AsSpan(0, length)) != text)
        {
            return false;
        }
        bytes = buffer[..length];
        return true;
    }
}
