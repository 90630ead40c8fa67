using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Server;

/// <summary>Turns fields of requests into values of the domain, or refuses with the field's name.</summary>
internal static class RequestParser
{
    /// <summary>A page size: 0 is the default.</summary>
    public static int PageSize(uint value, int defaultSize, int sizeMax) =>
        value == 0 ? defaultSize
        : value <= sizeMax ? (int)value
        : throw Invalid("page_size", $"must be at most {sizeMax}");

    /// <summary>An index into the log.</summary>
    public static long Index(ulong value, string field) => value <= long.MaxValue ? (long)value : throw Invalid(field, "is too large");

    /// <summary>A grant identifier.</summary>
    public static Hash32 GrantId(string value) =>
        Hash32.TryParse(value, out var grantId) ? grantId : throw Invalid("grant_id", "must be 0x and 64 hexadecimal digits");

    /// <summary>A digest of a policy or roster.</summary>
    public static Hash32 Digest(string value) =>
        Hash32.TryParse(value, out var digest) ? digest : throw Invalid("digest", "must be 0x and 64 hexadecimal digits");

    /// <summary>A refusal of a field.</summary>
    public static SignerException Invalid(string field, string rule) => new(ErrorCode.InvalidRequest, $"{field} {rule}.", field);
}
