using System.Buffers;
using System.Security.Cryptography;

namespace SessionSigner.Client;

/// <summary>Identifiers that make a request safe to repeat: same identifier and body, same answer, no second debit.</summary>
public static class RequestId
{
    private const int LengthMax = 64;
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-"
    );

    /// <summary>A new random identifier: 32 lower-case hexadecimal digits.</summary>
    public static string Create() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>True for 1 to 64 characters of A-Z a-z 0-9 . _ : -.</summary>
    public static bool IsValid(string text) => text.Length is > 0 and <= LengthMax && text.AsSpan().IndexOfAnyExcept(Allowed) < 0;

    internal static string OrCreate(string? requestId)
    {
        if (requestId is null)
        {
            return Create();
        }

        return IsValid(requestId)
            ? requestId
            : throw new SignerRequestException("The request identifier must be 1 to 64 characters of A-Z a-z 0-9 . _ : -.")
            {
                Field = "request_id",
            };
    }
}
