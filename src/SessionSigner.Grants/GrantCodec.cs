using System.Buffers.Binary;
using System.Text;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>
/// The grant format: EIP-712 with its JSON file. Format: proto/spec/grant.md.
/// The digest is computed from the fields alone, never from JSON, so that what a token signs does not depend on a parser.
/// </summary>
public static class GrantCodec
{
    /// <summary>Name of the EIP-712 domain.</summary>
    public const string DomainName = "SessionSigner Grant";

    /// <summary>Version of the EIP-712 domain.</summary>
    public const string DomainVersion = "1";

    /// <summary>The EIP-712 encodeType of a grant.</summary>
    public const string EncodedType =
        "Grant(bytes32 grantId,string sessionKeyCurve,bytes sessionKey,string primaryKeyCurve,bytes primaryKey,address account,uint256[] chains,"
        + "uint64 notBefore,uint64 notAfter,bytes32 scopeHash,bytes32 policyDigest,string audience)";

    private static readonly Hash32 s_typeHash = Keccak256.Hash(Encoding.ASCII.GetBytes(EncodedType));
    private static readonly Hash32 s_domainSeparator = HashDomain();

    /// <summary>The EIP-712 digest that a secp256k1 primary key signs; a P-256 primary key signs its SHA-256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative.</exception>
    public static Hash32 Digest(UnsignedGrant grant)
    {
        if (grant.NotBefore < 0 || grant.NotAfter < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(grant), "A time is negative.");
        }
        var fields = new WordWriter(13);
        fields.Add(s_typeHash);
        fields.Add(grant.GrantId);
        fields.AddText(grant.SessionKey.CurveName);
        fields.AddBytes(grant.SessionKey.Compressed.Span);
        fields.AddText(grant.PrimaryKey.CurveName);
        fields.AddBytes(grant.PrimaryKey.Compressed.Span);
        fields.Add(grant.Account);
        fields.Add(HashChains(grant.Chains));
        fields.Add((ulong)grant.NotBefore);
        fields.Add((ulong)grant.NotAfter);
        fields.Add(grant.ScopeHash);
        fields.Add(grant.PolicyDigest);
        fields.AddText(grant.Audience);
        // SPEC: EIP-712 "encode(domainSeparator, message) = 0x19 0x01 || domainSeparator || hashStruct(message)".
        Span<byte> preimage = stackalloc byte[2 + 32 + 32];
        preimage[0] = 0x19;
        preimage[1] = 0x01;
        s_domainSeparator.CopyTo(preimage[2..]);
        fields.Hash().CopyTo(preimage[34..]);
        return Keccak256.Hash(preimage);
    }

    /// <summary>The grant as its JSON file, in canonical form.</summary>
    /// <exception cref="ArgumentException">The scope is not the one whose hash the grant signs.</exception>
    public static string ToJson(SignedGrant signed, EffectiveScope scope)
    {
        if (scope.Hash != signed.Grant.ScopeHash)
        {
            throw new ArgumentException("The scope is not the one whose hash the grant signs.", nameof(scope));
        }
        return CanonicalJson.Write(GrantDocument.Write(signed, scope));
    }

    /// <summary>Reads a grant file: its form only. Whether it holds is <see cref="GrantVerifier"/>'s to say.</summary>
    /// <param name="utf8Json">The file, at most 131072 bytes.</param>
    /// <param name="grant">The grant, if the form is right.</param>
    /// <param name="fault">What is wrong, sentences joined by spaces, naming the path; empty if nothing is.</param>
    public static bool TryParse(ReadOnlyMemory<byte> utf8Json, out ParsedGrant? grant, out string fault)
    {
        var faults = new FaultList();
        grant = GrantDocument.Read(utf8Json.Span, faults);
        fault = string.Join(' ', faults.Faults);
        return grant is not null;
    }

    private static Hash32 HashDomain()
    {
        var fields = new WordWriter(3);
        fields.AddText("EIP712Domain(string name,string version)");
        fields.AddText(DomainName);
        fields.AddText(DomainVersion);
        return fields.Hash();
    }

    private static Hash32 HashChains(IReadOnlyList<UInt256> chains)
    {
        var words = new WordWriter(chains.Count);
        foreach (var chain in chains)
        {
            words.Add(chain);
        }
        return words.Hash();
    }

    /// <summary>Collects 32-byte words and hashes them together, as EIP-712 encodes structs and arrays.</summary>
    private ref struct WordWriter(int count)
    {
        private readonly byte[] _words = new byte[count * 32];
        private int _used;

        public void Add(in Hash32 value) => value.CopyTo(Next());

        public void Add(in UInt256 value) => value.WriteBigEndian(Next());

        public void Add(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Next()[24..], value);

        public void Add(Address value) => value.CopyTo(Next()[12..]);

        public void AddBytes(ReadOnlySpan<byte> value) => Add(Keccak256.Hash(value));

        public void AddText(string value) => AddBytes(Encoding.UTF8.GetBytes(value));

        public readonly Hash32 Hash() => Keccak256.Hash(_words.AsSpan(0, _used));

        private Span<byte> Next()
        {
            _used += 32;
            return _words.AsSpan(_used - 32, 32);
        }
    }
}
