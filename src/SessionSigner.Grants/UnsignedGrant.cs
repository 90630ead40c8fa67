using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>
/// The statement a primary key is asked to sign: it binds a session key to a scope and a time window.
/// Fields in the order of the EIP-712 type in proto/spec/grant.md.
/// </summary>
public sealed record UnsignedGrant
{
    /// <summary>Random identifier of the grant.</summary>
    public required Hash32 GrantId { get; init; }

    /// <summary>The session key that may sign.</summary>
    public required PublicKey SessionKey { get; init; }

    /// <summary>The primary key that authorises it.</summary>
    public required PublicKey PrimaryKey { get; init; }

    /// <summary>Account on whose behalf the session signs.</summary>
    public required Address Account { get; init; }

    /// <summary>Chains it may sign for, ascending, without repeats, at least one.</summary>
    public required IReadOnlyList<UInt256> Chains { get; init; }

    /// <summary>First second in which it may sign, Unix time.</summary>
    public required long NotBefore { get; init; }

    /// <summary>First second in which it may no longer sign, Unix time; later than <see cref="NotBefore"/>.</summary>
    public required long NotAfter { get; init; }

    /// <summary>Keccak-256 of the canonical JSON (RFC 8785) of the effective scope.</summary>
    public required Hash32 ScopeHash { get; init; }

    /// <summary>Digest of the policy it was opened under.</summary>
    public required Hash32 PolicyDigest { get; init; }

    /// <summary>Who is meant to rely on the grant. 1 to 256 printable ASCII characters.</summary>
    public required string Audience { get; init; }
}
