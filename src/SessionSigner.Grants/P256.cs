using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>What verifying a P-256 signature takes. Public values only; nothing here is constant time.</summary>
public static class P256
{
    private static readonly BigInteger s_prime = Parse("0ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    private static readonly BigInteger s_b = Parse("05ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
    private static readonly BigInteger s_order = Parse("0ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    private static readonly BigInteger s_halfOrder = s_order >> 1;

    /// <summary>Takes a point apart.</summary>
    /// <param name="compressed33">SEC1 compressed.</param>
    /// <param name="uncompressed65">Receives 4, x, y.</param>
    /// <returns>False if the length is another or no such point is on the curve; nothing is written then.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> compressed33, Span<byte> uncompressed65)
    {
        if (compressed33.Length != 33 || compressed33[0] is not (2 or 3))
        {
            return false;
        }
        var x = new BigInteger(compressed33[1..], isUnsigned: true, isBigEndian: true);
        if (x >= s_prime)
        {
            return false;
        }
        // y² = x³ - 3x + b; the prime is 3 modulo 4, so a root is the power (p+1)/4.
        var square = ((((x * x) - 3) * x) + s_b) % s_prime;
        square = square.Sign < 0 ? square + s_prime : square;
        var y = BigInteger.ModPow(square, (s_prime + 1) >> 2, s_prime);
        if (y * y % s_prime != square)
        {
            return false;
        }
        if (y.IsEven != (compressed33[0] == 2))
        {
            y = s_prime - y;
        }
        uncompressed65[0] = 4;
        compressed33[1..].CopyTo(uncompressed65[1..]);
        Write(y, uncompressed65[33..65]);
        return true;
    }

    /// <summary>Puts a point together.</summary>
    /// <param name="uncompressed65">4, x, y.</param>
    /// <param name="compressed33">Receives SEC1 compressed.</param>
    /// <returns>False if the length is another or the point is not on the curve; nothing is written then.</returns>
    public static bool TryCompress(ReadOnlySpan<byte> uncompressed65, Span<byte> compressed33)
    {
        if (uncompressed65.Length != 65 || uncompressed65[0] != 4)
        {
            return false;
        }
        Span<byte> candidate = stackalloc byte[33];
        candidate[0] = (byte)(2 + (uncompressed65[64] & 1));
        uncompressed65[1..33].CopyTo(candidate[1..]);
        Span<byte> again = stackalloc byte[65];
        if (!TryDecompress(candidate, again) || !again.SequenceEqual(uncompressed65))
        {
            return false;
        }
        candidate.CopyTo(compressed33);
        return true;
    }

    /// <summary>Whether s is in the lower half of the order, which makes a signature unique up to the signer's nonce.</summary>
    public static bool IsLowS(ReadOnlySpan<byte> signature64) =>
        signature64.Length == 64 && new BigInteger(signature64[32..], isUnsigned: true, isBigEndian: true) <= s_halfOrder;

    /// <summary>Replaces s by order - s if it is in the upper half. 0 and values of the order or above are left as they are.</summary>
    public static void NormalizeS(Span<byte> signature64)
    {
        var s = new BigInteger(signature64[32..64], isUnsigned: true, isBigEndian: true);
        if (s > s_halfOrder && s < s_order)
        {
            Write(s_order - s, signature64[32..64]);
        }
    }

    /// <summary>Verifies an ECDSA signature over a 32-byte hash, r and s of 32 bytes each. Refuses a high s.</summary>
    public static bool Verify(ReadOnlySpan<byte> compressed33, in Hash32 hash, ReadOnlySpan<byte> signature64)
    {
        Span<byte> point = stackalloc byte[65];
        if (!IsLowS(signature64) || !TryDecompress(compressed33, point))
        {
            return false;
        }
        var parameters = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point[1..33].ToArray(), Y = point[33..].ToArray() },
        };
        using var key = ECDsa.Create(parameters);
        return key.VerifyHash(hash.ToArray(), signature64.ToArray(), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static void Write(BigInteger value, Span<byte> destination32)
    {
        destination32.Clear();
        value.TryWriteBytes(destination32[(32 - value.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
    }

    private static BigInteger Parse(string hex) => BigInteger.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
