using System.Globalization;
using System.Text;

namespace SessionSigner.Ethereum;

/// <summary>A message of Sign-In with Ethereum. Immutable; made only by reading a text that is written back byte for byte the same.</summary>
/// <remarks>
/// SPEC: EIP-4361, "ABNF Message Format". Stricter than it: domains in lower case without user, times in UTC, chain identifiers without leading zeros,
/// no empty request identifier, at least one resource under "Resources:".
/// </remarks>
public sealed record SignInMessage
{
    internal const string Phrase = " wants you to sign in with your Ethereum account:";

    internal SignInMessage() { }

    /// <summary>What asks: the domain, or scheme, "://" and the domain.</summary>
    public required string Origin { get; init; }

    /// <summary>Who signs in.</summary>
    public required Address Address { get; init; }

    /// <summary>What the user agrees to, printable ASCII; null for none.</summary>
    public string? Statement { get; init; }

    /// <summary>What is signed in to.</summary>
    public required string Uri { get; init; }

    /// <summary>The chain, at least 1.</summary>
    public required UInt256 ChainId { get; init; }

    /// <summary>At least 8 letters and digits.</summary>
    public required string Nonce { get; init; }

    /// <summary>When it was made.</summary>
    public required UtcTime IssuedAt { get; init; }

    /// <summary>From when on it is no longer valid; null for never.</summary>
    public UtcTime? ExpirationTime { get; init; }

    /// <summary>From when on it is valid; null for at once.</summary>
    public UtcTime? NotBefore { get; init; }

    /// <summary>The asking system's identifier; null for none.</summary>
    public string? RequestId { get; init; }

    /// <summary>What else the signature is for; empty for nothing.</summary>
    public required IReadOnlyList<string> Resources { get; init; }

    /// <summary>
    /// Whether a text is, or looks to somebody who does not look closely like, a sign-in message; such a text is signed as nothing else.
    /// </summary>
    public static bool IsMeant(ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<byte> phrase = "wants you to sign in with your ethereum account"u8;
        Span<byte> lower = utf8.Length <= 1_024 ? stackalloc byte[utf8.Length] : new byte[utf8.Length];
        for (var i = 0; i < utf8.Length; i++)
        {
            lower[i] = utf8[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(utf8[i] | 0x20) : utf8[i];
        }
        return lower.IndexOf(phrase) >= 0;
    }

    /// <summary>Reads a message.</summary>
    /// <param name="utf8">The text, at most <see cref="MessageText.SizeMax"/> bytes.</param>
    /// <param name="message">The message, or null.</param>
    /// <param name="fault">Which field is wrong and how; empty if none.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out SignInMessage? message, out string fault)
    {
        message = null;
        if (utf8.Length > MessageText.SizeMax || !Ascii.IsValid(utf8))
        {
            fault = "message: a sign-in message is ASCII of at most 8192 bytes";
            return false;
        }
        message = new SignInReader(Encoding.ASCII.GetString(utf8)).Read(out fault);
        if (message is not null && !utf8.SequenceEqual(Encoding.ASCII.GetBytes(message.ToString())))
        {
            message = null;
            fault = "message: not the one encoding of what it says";
        }
        return message is not null;
    }

    /// <summary>The text that is signed.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(Origin).Append(Phrase).Append('\n').Append(Address).Append("\n\n");
        if (Statement is not null)
        {
            text.Append(Statement).Append('\n');
        }
        text.Append(
            CultureInfo.InvariantCulture,
            $"\nURI: {Uri}\nVersion: 1\nChain ID: {ChainId}\nNonce: {Nonce}\nIssued At: {IssuedAt.Text}"
        );
        if (ExpirationTime is { } expiration)
        {
            text.Append("\nExpiration Time: ").Append(expiration.Text);
        }
        if (NotBefore is { } notBefore)
        {
            text.Append("\nNot Before: ").Append(notBefore.Text);
        }
        if (RequestId is not null)
        {
            text.Append("\nRequest ID: ").Append(RequestId);
        }
        if (Resources.Count > 0)
        {
            text.Append("\nResources:");
        }
        foreach (var resource in Resources)
        {
            text.Append("\n- ").Append(resource);
        }
        return text.ToString();
    }
}
