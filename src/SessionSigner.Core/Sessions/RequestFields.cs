using System.Buffers;

namespace SessionSigner.Core;

/// <summary>The forms of fields that several requests share.</summary>
internal static class RequestFields
{
    public const int RequestIdLengthMax = 64;
    public const int SessionIdLength = 32;

    private static readonly SearchValues<char> s_requestId = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-"
    );
    private static readonly SearchValues<char> s_lowerHex = SearchValues.Create("0123456789abcdef");

    public static void CheckRequestId(string requestId)
    {
        if (requestId.Length is 0 or > RequestIdLengthMax || requestId.AsSpan().ContainsAnyExcept(s_requestId))
        {
            throw Failures.Invalid("request_id", "Must be 1 to 64 characters of A-Z a-z 0-9 . _ : -");
        }
    }

    public static void CheckSessionId(string sessionId)
    {
        if (sessionId.Length != SessionIdLength || sessionId.AsSpan().ContainsAnyExcept(s_lowerHex))
        {
            throw Failures.Invalid("session_id", "Must be 32 lower-case hexadecimal digits.");
        }
    }

    /// <summary>Checks a text that goes into the log.</summary>
    public static void CheckText(string field, string text, int lengthMin, int lengthMax)
    {
        if (text.Length < lengthMin || text.Length > lengthMax || text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw Failures.Invalid(field, $"Must be {lengthMin} to {lengthMax} printable ASCII characters.");
        }
    }
}
