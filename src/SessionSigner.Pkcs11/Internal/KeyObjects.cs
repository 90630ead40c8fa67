using System.Text;
using SessionSigner.Core;

namespace SessionSigner.Pkcs11;

/// <summary>Finds key objects and reads what the token says of them. Never changes or deletes one.</summary>
internal sealed class KeyObjects(Cryptoki cryptoki, nuint session)
{
    private const int MatchesMax = 8;

    /// <summary>Handles of the keys with this class, label and, if given, identifier; at most <see cref="MatchesMax"/>.</summary>
    public nuint[] Find(ObjectClass objectClass, string label, ReadOnlyMemory<byte>? id)
    {
        using var template = new AttributeTemplate();
        template.Add(objectClass).Add(AttributeType.Label, Encoding.UTF8.GetBytes(label));
        if (id is { } bytes)
        {
            template.Add(AttributeType.Id, bytes.Span);
        }
        return cryptoki.FindObjects(session, template, MatchesMax);
    }

    /// <summary>Reads a key pair: exactly one private and one public key must match.</summary>
    /// <exception cref="TokenException"><see cref="TokenFault.KeyNotFound"/> or <see cref="TokenFault.KeyRefused"/>.</exception>
    public PrimaryKey Read(PrimaryKeySelector selector, TokenDescription token, bool allowExtractable)
    {
        var privateKey = FindOne(ObjectClass.PrivateKey, "private", selector.Label, selector.Id, token);
        var id = cryptoki.GetAttribute(session, privateKey, AttributeType.Id) ?? [];
        var publicKey = FindOne(ObjectClass.PublicKey, "public", selector.Label, selector.Id, token);
        if (!id.AsSpan().SequenceEqual(cryptoki.GetAttribute(session, publicKey, AttributeType.Id) ?? []))
        {
            throw new TokenException(
                TokenFault.KeyNotFound,
                $"The private and the public key {selector.Label} in token {token.Label} have different identifiers (CKA_ID) and do not belong together."
            );
        }
        var parameters = cryptoki.GetAttribute(session, publicKey, AttributeType.EcParameters) ?? [];
        var point = cryptoki.GetAttribute(session, publicKey, AttributeType.EcPoint) ?? [];
        var key = new PrimaryKey
        {
            Label = selector.Label,
            KeyId = id,
            PublicKey =
                EcPublicKey.TryParse(parameters, point)
                ?? throw new TokenException(
                    TokenFault.KeyRefused,
                    $"Key {selector.Label} is not an EC key on secp256k1 or P-256, or its point is not on the curve."
                ),
            TokenLabel = token.Label,
            TokenSerial = token.Serial,
            TokenModel = token.Model,
            Sensitive = ReadFlag(privateKey, AttributeType.Sensitive),
            // A token that does not say is taken at its worst.
            Extractable = cryptoki.GetAttribute(session, privateKey, AttributeType.Extractable) is not [0],
            NeverExtractable = ReadFlag(privateKey, AttributeType.NeverExtractable),
            AlwaysSensitive = ReadFlag(privateKey, AttributeType.AlwaysSensitive),
            Local = ReadFlag(privateKey, AttributeType.Local),
        };
        RefuseWeak(key, allowExtractable);
        return key;
    }

    private nuint FindOne(ObjectClass objectClass, string className, string label, ReadOnlyMemory<byte>? id, TokenDescription token)
    {
        var found = Find(objectClass, label, id);
        return found.Length switch
        {
            1 => found[0],
            0 => throw new TokenException(
                TokenFault.KeyNotFound,
                $"Token {token.Label} holds no {className} key {label}. Generate it with `sessionsigner init` or correct the label."
            ),
            _ => throw new TokenException(
                TokenFault.KeyNotFound,
                $"Token {token.Label} holds {found.Length} {className} keys {label}; name the identifier (CKA_ID), or remove the one that is not meant."
            ),
        };
    }

    private bool ReadFlag(nuint key, AttributeType type) => cryptoki.GetAttribute(session, key, type) is [not 0];

    private static void RefuseWeak(PrimaryKey key, bool allowExtractable)
    {
        var faults = new List<string>();
        if (key.Extractable)
        {
            faults.Add("CKA_EXTRACTABLE is true");
        }
        if (!key.NeverExtractable)
        {
            faults.Add("CKA_NEVER_EXTRACTABLE is not true");
        }
        if (!key.Sensitive)
        {
            faults.Add("CKA_SENSITIVE is not true");
        }
        if (!key.AlwaysSensitive)
        {
            faults.Add("CKA_ALWAYS_SENSITIVE is not true");
        }
        if (!key.Local)
        {
            faults.Add("CKA_LOCAL is not true: it was not generated in the token");
        }
        if (faults.Count > 0 && !allowExtractable)
        {
            throw new TokenException(
                TokenFault.KeyRefused,
                $"Key {key.Label} may exist outside the token: {string.Join("; ", faults)}. Generate a new key in the token."
            );
        }
    }
}
