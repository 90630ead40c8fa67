using System.Globalization;
using System.Numerics;
using System.Text;

namespace SessionSigner.Vault.Tests;

/// <summary>One encoding of a secret to look for.</summary>
internal sealed record Needle(string Encoding, byte[] Bytes);

/// <summary>The encodings in which a 32-byte scalar could lie in memory.</summary>
internal static class Needles
{
    public static readonly BigInteger Order = BigInteger.Parse(
        "00fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture
    );

    public static IReadOnlyList<Needle> Of(byte[] scalar32)
    {
        var reversed = scalar32.Reverse().ToArray();
        var limbsSwapped = scalar32.Chunk(8).SelectMany(limb => limb.Reverse()).ToArray();
        var wordsSwapped = scalar32.Chunk(4).SelectMany(word => word.Reverse()).ToArray();
        var lower = Convert.ToHexStringLower(scalar32);
        var upper = Convert.ToHexString(scalar32);
        var base64 = Convert.ToBase64String(scalar32).TrimEnd('=');
        var number = new BigInteger(scalar32, isUnsigned: true, isBigEndian: true);
        return
        [
            new("big endian", scalar32),
            new("little endian", reversed),
            new("big endian, upper half", scalar32[..16]),
            new("big endian, lower half", scalar32[16..]),
            new("little endian, first half", reversed[..16]),
            new("little endian, second half", reversed[16..]),
            new("64-bit limbs", limbsSwapped),
            new("32-bit words", wordsSwapped),
            new("hex", Encoding.ASCII.GetBytes(lower)),
            new("HEX", Encoding.ASCII.GetBytes(upper)),
            new("hex UTF-16", Encoding.Unicode.GetBytes(lower)),
            new("HEX UTF-16", Encoding.Unicode.GetBytes(upper)),
            new("hex of little endian", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(reversed))),
            new("base64", Encoding.ASCII.GetBytes(base64)),
            new("base64 UTF-16", Encoding.Unicode.GetBytes(base64)),
            new("base64url", Encoding.ASCII.GetBytes(base64.Replace('+', '-').Replace('/', '_'))),
            new("decimal", Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture))),
        ];
    }

    /// <summary>The key, its negation, and the nonce of each signature and its negation: each of them gives the key away.</summary>
    /// <param name="scalar32">The key.</param>
    /// <param name="signed">Digests and signatures by turns.</param>
    public static IReadOnlyList<Needle> OfKeyAndNonces(byte[] scalar32, byte[][] signed)
    {
        var key = ToNumber(scalar32);
        var needles = new List<Needle>([.. Of(scalar32), .. Named("negated key", Order - key)]);
        foreach (var pair in signed.Chunk(2))
        {
            var r = ToNumber(pair[1][..32]);
            var s = ToNumber(pair[1][32..64]);
            var nonce = (ToNumber(pair[0]) + (r * key)) * BigInteger.ModPow(s, Order - 2, Order) % Order;
            // Text forms of a nonce would need code that prints it; the binary ones are what a library leaves behind.
            needles.AddRange([.. Named("nonce", nonce).Take(8), .. Named("negated nonce", Order - nonce).Take(8)]);
        }
        return needles;
    }

    private static IEnumerable<Needle> Named(string name, BigInteger number) =>
        Of(ToBytes(number)).Select(needle => needle with { Encoding = $"{name}, {needle.Encoding}" });

    private static BigInteger ToNumber(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] ToBytes(BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
