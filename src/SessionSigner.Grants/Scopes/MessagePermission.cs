using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>Allows personal messages (EIP-191 version 0x45) that follow one template.</summary>
public sealed record MessagePermission : Permission
{
    /// <summary>The exact text with {name} where a hole is; {{ and }} stand for the braces themselves.</summary>
    public required string Template { get; init; }

    /// <summary>The holes, each named once in the template.</summary>
    public required IReadOnlyList<MessageHole> Holes { get; init; }
}

/// <summary>A place in a template that a message fills. A closed hierarchy.</summary>
public abstract record MessageHole
{
    private MessageHole() { }

    /// <summary>Name, as in paths.</summary>
    public required string Name { get; init; }

    /// <summary>A whole number in decimal digits without leading zeros.</summary>
    /// <param name="Min">The least.</param>
    /// <param name="Max">The most.</param>
    public sealed record Uint(UInt256 Min, UInt256 Max) : MessageHole;

    /// <summary>An address with its EIP-55 checksum.</summary>
    public sealed record AddressHole : MessageHole;

    /// <summary>0x and lower-case hexadecimal digits.</summary>
    /// <param name="Length">Number of bytes, 1 to 32.</param>
    public sealed record Bytes(int Length) : MessageHole;

    /// <summary>A moment as in 2026-01-31T12:00:00Z.</summary>
    /// <param name="PastSeconds">How long ago it may be.</param>
    /// <param name="FutureSeconds">How far ahead it may be.</param>
    public sealed record Time(long PastSeconds, long FutureSeconds) : MessageHole;

    /// <summary>One of a list.</summary>
    /// <param name="Values">The list; none of them begins with another.</param>
    public sealed record Choice(IReadOnlyList<string> Values) : MessageHole;

    /// <summary>Characters of an alphabet.</summary>
    /// <param name="Alphabet">The alphabet.</param>
    /// <param name="LengthMin">Fewest characters.</param>
    /// <param name="LengthMax">Most characters.</param>
    public sealed record Text(TextAlphabet Alphabet, int LengthMin, int LengthMax) : MessageHole;
}

/// <summary>The characters that a text hole may have. The zero value has none.</summary>
public enum TextAlphabet
{
    /// <summary>Not stated.</summary>
    None = 0,

    /// <summary>0-9.</summary>
    Digits = 1,

    /// <summary>0-9 a-f.</summary>
    LowerHex = 2,

    /// <summary>A-Z a-z 0-9.</summary>
    Alphanumeric = 3,

    /// <summary>A-Z a-z 0-9 . _ : -.</summary>
    Name = 4,

    /// <summary>Printable ASCII, the space included.</summary>
    Printable = 5,
}

/// <summary>Allows messages of Sign-In with Ethereum (EIP-4361) by the session's own address.</summary>
public sealed record SignInPermission : Permission
{
    /// <summary>What may ask: exactly what stands before " wants you to sign in", a domain or scheme, "://" and domain.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>Where the message's URI may be: scheme, "://" and domain.</summary>
    public required IReadOnlyList<string> Origins { get; init; }

    /// <summary>Chains the message may name.</summary>
    public required IReadOnlyList<UInt256> Chains { get; init; }

    /// <summary>The statement, exactly; null if there must be none.</summary>
    public string? Statement { get; init; }

    /// <summary>How many seconds after now a message may expire at the latest; it must expire, and not after the session ends.</summary>
    public required long MaxLifetimeSeconds { get; init; }

    /// <summary>How many seconds before or after now a message may have been issued.</summary>
    public required long IssuedWithinSeconds { get; init; }

    /// <summary>Resources the message may name; empty for none.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Whether the message may have a request identifier.</summary>
    public bool AllowRequestId { get; init; }
}

/// <summary>Allows any 32 bytes: whatever they are the hash of. What every other permission refuses can be signed by its digest.</summary>
public sealed record RawDigestPermission : Permission;
