using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Server;

/// <summary>
/// The forms in which one certificate verifies. Who holds a certificate signed with ECDSA can put n - s in place of s without any key: the authority's
/// signature stays good, the bytes and so the fingerprint are others.
/// </summary>
internal static class CertificateForms
{
    private const string EcdsaSignatures = "1.2.840.10045.4.";

    // The authority's curve is not in the certificate. A wrong guess makes a form that no list has.
    private static readonly BigInteger[] Orders =
    [
        Order("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), // P-256
        Order("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973"), // P-384
        Order(
            "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409"
        ), // P-521
    ];

    /// <summary>The certificate as it was presented, then as it could be presented too.</summary>
    /// <exception cref="CryptographicException">If the certificate cannot be taken apart.</exception>
    public static IEnumerable<byte[]> All(X509Certificate2 certificate)
    {
        yield return certificate.RawData;
        if (certificate.SignatureAlgorithm.Value?.StartsWith(EcdsaSignatures, StringComparison.Ordinal) != true)
        {
            yield break;
        }
        foreach (var form in OtherForms(certificate.RawDataMemory))
        {
            yield return form;
        }
    }

    private static List<byte[]> OtherForms(ReadOnlyMemory<byte> der)
    {
        try
        {
            var fields = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            var statement = fields.ReadEncodedValue();
            var algorithm = fields.ReadEncodedValue();
            var signature = new AsnReader(fields.ReadBitString(out _), AsnEncodingRules.DER).ReadSequence();
            var r = signature.ReadInteger();
            var s = signature.ReadInteger();
            return [.. Orders.Where(order => s < order).Select(order => Encode(statement, algorithm, r, order - s))];
        }
        catch (AsnContentException exception)
        {
            throw new CryptographicException("The certificate's signature cannot be decoded.", exception);
        }
    }

    private static byte[] Encode(ReadOnlyMemory<byte> statement, ReadOnlyMemory<byte> algorithm, BigInteger r, BigInteger s)
    {
        var signature = new AsnWriter(AsnEncodingRules.DER);
        using (signature.PushSequence())
        {
            signature.WriteInteger(r);
            signature.WriteInteger(s);
        }
        var certificate = new AsnWriter(AsnEncodingRules.DER);
        using (certificate.PushSequence())
        {
            certificate.WriteEncodedValue(statement.Span);
            certificate.WriteEncodedValue(algorithm.Span);
            certificate.WriteBitString(signature.Encode());
        }
        return certificate.Encode();
    }

    private static BigInteger Order(string hex) =>
        BigInteger.Parse("0" + hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
