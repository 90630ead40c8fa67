using System.Buffers;

namespace SessionSigner.Ethereum;

/// <summary>The parts of sign-in messages that are text.</summary>
/// <remarks>SPEC: RFC 3986, "Appendix A. Collected ABNF for URI"; EIP-4361, "ABNF Message Format".</remarks>
public static class SignInText
{
    private const int OriginLengthMax = 260;
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private const string SubDelimiters = "!$&'()*+,;=";

    private static readonly SearchValues<char> s_uri = SearchValues.Create(Unreserved + SubDelimiters + ":/?#[]@%");
    private static readonly SearchValues<char> s_statement = SearchValues.Create(Unreserved + SubDelimiters + ":/?#[]@ ");
    private static readonly SearchValues<char> s_requestId = SearchValues.Create(Unreserved + SubDelimiters + ":@%");
    private static readonly SearchValues<char> s_host = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");
    private static readonly SearchValues<char> s_scheme = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789+-.");

    /// <summary>Whether a text is a host, or a host, a colon and a port, in lower case; or a scheme and "://" before that. No user, no brackets.</summary>
    public static bool IsOrigin(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal);
        return text.Length <= OriginLengthMax
            && (start < 0 || IsScheme(text.AsSpan(0, start)))
            && IsAuthority(text.AsSpan(start < 0 ? 0 : start + 3));
    }

    /// <summary>Whether a text has a scheme, a colon, and after it only characters that a URI may have.</summary>
    public static bool IsUri(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && IsScheme(text.AsSpan(0, colon))
            && text.Length > colon + 1
            && !text.AsSpan().ContainsAnyExcept(s_uri)
            && HasWholeEscapes(text);
    }

    /// <summary>Whether a text may be a statement.</summary>
    public static bool IsStatement(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(s_statement);

    /// <summary>Whether a URI is at an origin: scheme, "://", and then the whole authority up to the first "/", "?" or "#".</summary>
    /// <param name="uri">A URI.</param>
    /// <param name="origin">Scheme, "://" and domain.</param>
    public static bool IsAt(string uri, string origin) =>
        uri.StartsWith(origin, StringComparison.Ordinal) && (uri.Length == origin.Length || uri[origin.Length] is '/' or '?' or '#');

    internal static bool IsRequestId(string text) => !text.AsSpan().ContainsAnyExcept(s_requestId) && HasWholeEscapes(text);

    private static bool IsScheme(ReadOnlySpan<char> text) =>
        text.Length > 0 && char.IsAsciiLetterLower(text[0]) && !text.ContainsAnyExcept(s_scheme);

    private static bool IsAuthority(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        return !host.IsEmpty
            && !host.ContainsAnyExcept(s_host)
            && host[0] is not ('-' or '.')
            && host[^1] is not ('-' or '.')
            && (colon < 0 || IsPort(text[(colon + 1)..]));
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 5 && text[0] != '0' && !text.ContainsAnyExceptInRange('0', '9');

    private static bool HasWholeEscapes(string text)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return false;
            }
        }
        return true;
    }
}
