using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Server;

/// <summary>Reads the identity of a client certificate: the one URI in its subject alternative name. The subject is never an identity.</summary>
internal static class CertificateIdentity
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const int LengthMax = 256;

    // SPEC: https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6 "uniformResourceIdentifier [6] IA5String"
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>Finds the identity.</summary>
    /// <returns>False, with the reason, unless there is exactly one URI and it is well formed.</returns>
    public static bool TryRead(X509Certificate2 certificate, out string identity, out string fault)
    {
        identity = "";
        var uris = new List<string>();
        try
        {
            foreach (var extension in certificate.Extensions.Where(extension => extension.Oid?.Value == SubjectAlternativeName))
            {
                ReadUris(extension.RawData, uris);
            }
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            fault = "the subject alternative name cannot be decoded";
            return false;
        }
        if (uris.Count != 1)
        {
            fault = $"the subject alternative name has {uris.Count} URIs; exactly one is needed";
            return false;
        }
        if (!IsWellFormed(uris[0]))
        {
            fault = "the URI of the subject alternative name is not an absolute URI of printable ASCII without wildcards";
            return false;
        }
        identity = uris[0];
        fault = "";
        return true;
    }

    /// <summary>Whether text can be an identity: an absolute URI of 1 to 256 printable ASCII characters, without wildcard, query, fragment or dot segments.</summary>
    public static bool IsWellFormed(string text)
    {
        var colon = text.IndexOf("://", StringComparison.Ordinal);
        return colon > 0
            && text.Length is > 0 and <= LengthMax
            && text.All(c =>
                c is > ' ' and <= '~' and not ('*' or '?' or '#' or '"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}' or '@')
            )
            && text.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0
            && text.Length > colon + 3
            && text[colon + 3] != '/'
            && !text[(colon + 3)..].Split('/').Any(segment => segment is "." or "..")
            && Uri.TryCreate(text, UriKind.Absolute, out _);
    }

    private static readonly System.Buffers.SearchValues<char> SchemeCharacters = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789+-."
    );

    private static void ReadUris(byte[] rawData, List<string> uris)
    {
        var outer = new AsnReader(rawData, AsnEncodingRules.DER);
        var names = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        while (names.HasData)
        {
            if (names.PeekTag().HasSameClassAndValue(UriTag))
            {
                uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
            }
            else
            {
                _ = names.ReadEncodedValue();
            }
        }
    }
}
