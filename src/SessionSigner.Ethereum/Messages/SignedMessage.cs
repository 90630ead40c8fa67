using System.Globalization;
using System.Text;

namespace SessionSigner.Ethereum;

/// <summary>Text messages as personal_sign signs them (EIP-191 version 0x45).</summary>
public static class SignedMessage
{
    /// <summary>What is signed: the hash of "\x19Ethereum Signed Message:\n", the message's length in bytes as decimal digits, and the message.</summary>
    public static Hash32 Digest(ReadOnlySpan<byte> message)
    {
        Span<byte> length = stackalloc byte[10];
        message.Length.TryFormat(length, out var written, provider: CultureInfo.InvariantCulture);
        var sponge = new Keccak256Sponge();
        sponge.Append("\u0019Ethereum Signed Message:\n"u8);
        sponge.Append(length[..written]);
        sponge.Append(message);
        return sponge.Finish();
    }

    /// <summary>As <see cref="Digest(ReadOnlySpan{byte})"/>, of the text's UTF-8 bytes.</summary>
    /// <exception cref="EncoderFallbackException">The text has an unpaired surrogate.</exception>
    public static Hash32 Digest(string message) => Digest(new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(message));
}
