using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Server.Tests;

/// <summary>What to make a certificate with; the defaults make a good one.</summary>
internal sealed record CertificatePlan
{
    public string Subject { get; init; } = "CN=client";
    public IReadOnlyList<string> Uris { get; init; } = [TestServer.Trader];
    public string? Dns { get; init; }
    public string? Usage { get; init; } = "1.3.6.1.5.5.7.3.2";
    public TimeSpan From { get; init; } = TimeSpan.FromHours(-1);
    public TimeSpan Until { get; init; } = TimeSpan.FromDays(1);
    public int RsaBits { get; init; }
    public bool IsAuthority { get; init; }
    public bool IsSelfSigned { get; init; }
    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA256;
}

/// <summary>An authority that issues good and bad certificates.</summary>
internal sealed class ClientCertificates
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TimeProvider _clock;

    public ClientCertificates(TimeProvider clock)
    {
        _clock = clock;
        var request = new CertificateRequest("CN=test authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = clock.GetUtcNow();
        Root = request.CreateSelfSigned(now.AddYears(-1), now.AddYears(1));
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Issue(CertificatePlan plan)
    {
        var now = _clock.GetUtcNow();
        if (plan.RsaBits > 0)
        {
            using var rsa = RSA.Create(plan.RsaBits);
            var weak = new CertificateRequest(plan.Subject, rsa, plan.Hash, RSASignaturePadding.Pkcs1);
            Extend(weak, plan);
            return Import(Sign(weak, plan, now).CopyWithPrivateKey(rsa));
        }
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(plan.Subject, key, plan.Hash);
        Extend(request, plan);
        return plan.IsSelfSigned
            ? Import(request.CreateSelfSigned(now + plan.From, now + plan.Until))
            : Import(Sign(request, plan, now).CopyWithPrivateKey(key));
    }

    /// <summary>
    /// The same certificate with n - s in place of s: the authority's ECDSA signature still verifies, and anybody who has the certificate can make it.
    /// </summary>
    public static X509Certificate2 WithOtherSignature(X509Certificate2 certificate)
    {
        var order = BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber);
        var fields = new AsnReader(certificate.RawData, AsnEncodingRules.DER).ReadSequence();
        var statement = fields.ReadEncodedValue();
        var algorithm = fields.ReadEncodedValue();
        var signature = new AsnReader(fields.ReadBitString(out _), AsnEncodingRules.DER).ReadSequence();
        var inner = new AsnWriter(AsnEncodingRules.DER);
        using (inner.PushSequence())
        {
            inner.WriteInteger(signature.ReadInteger());
            inner.WriteInteger(order - signature.ReadInteger());
        }
        var outer = new AsnWriter(AsnEncodingRules.DER);
        using (outer.PushSequence())
        {
            outer.WriteEncodedValue(statement.Span);
            outer.WriteEncodedValue(algorithm.Span);
            outer.WriteBitString(inner.Encode());
        }
        using var key = certificate.GetECDsaPrivateKey()!;
        return Import(X509CertificateLoader.LoadCertificate(outer.Encode()).CopyWithPrivateKey(key));
    }

    private X509Certificate2 Sign(CertificateRequest request, CertificatePlan plan, DateTimeOffset now) =>
        request.Create(
            Root.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_key),
            now + plan.From,
            now + plan.Until,
            RandomNumberGenerator.GetBytes(8)
        );

    private static void Extend(CertificateRequest request, CertificatePlan plan)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(plan.IsAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        if (plan.Usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(plan.Usage)], false));
        }
        if (plan.Uris.Count > 0 || plan.Dns is not null)
        {
            request.CertificateExtensions.Add(new X509Extension("2.5.29.17", Names(plan), critical: false));
        }
    }

    // Written by hand: the library's builder refuses what some tests need.
    private static byte[] Names(CertificatePlan plan)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var uri in plan.Uris)
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
            }
            if (plan.Dns is not null)
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, plan.Dns, new Asn1Tag(TagClass.ContextSpecific, 2));
            }
        }
        return writer.Encode();
    }

    private static X509Certificate2 Import(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
}
