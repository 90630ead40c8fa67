using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What the daemon knows of a primary key: its public half, pinned at start, and what the token says of it.</summary>
public sealed record PrimaryKey
{
    /// <summary>CKA_LABEL; unique in the configuration.</summary>
    public required string Label { get; init; }

    /// <summary>CKA_ID.</summary>
    public required ReadOnlyMemory<byte> KeyId { get; init; }

    /// <summary>The public key, read from the token at start and pinned since.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>Label of the token, without padding.</summary>
    public required string TokenLabel { get; init; }

    /// <summary>Serial number of the token, without padding.</summary>
    public required string TokenSerial { get; init; }

    /// <summary>Manufacturer and model of the token.</summary>
    public required string TokenModel { get; init; }

    /// <summary>CKA_SENSITIVE.</summary>
    public required bool Sensitive { get; init; }

    /// <summary>CKA_EXTRACTABLE.</summary>
    public required bool Extractable { get; init; }

    /// <summary>CKA_NEVER_EXTRACTABLE.</summary>
    public required bool NeverExtractable { get; init; }

    /// <summary>CKA_ALWAYS_SENSITIVE.</summary>
    public required bool AlwaysSensitive { get; init; }

    /// <summary>CKA_LOCAL: generated in the token.</summary>
    public required bool Local { get; init; }
}

/// <summary>
/// The only way to a primary key. It takes a grant, never bytes or a digest: the implementation encodes the grant itself,
/// has the token sign it, and verifies the signature against the pinned public key before it returns. Thread safe.
/// </summary>
public interface IGrantAuthority
{
    /// <summary>The primary keys, pinned at start.</summary>
    IReadOnlyList<PrimaryKey> PrimaryKeys { get; }

    /// <summary>Whether the token that holds the key answered when last used or probed.</summary>
    bool IsAvailable(PrimaryKey primaryKey);

    /// <summary>Has the primary key named by <see cref="UnsignedGrant.PrimaryKey"/> sign the grant.</summary>
    /// <returns>The signed grant; its signature has been verified in software.</returns>
    /// <exception cref="SignerException">
    /// <see cref="ErrorCode.TokenUnavailable"/> if the token does not answer in time; <see cref="ErrorCode.TokenMisbehaved"/> if it answers with a signature that does not verify.
    /// </exception>
    ValueTask<SignedGrant> AuthorizeAsync(UnsignedGrant grant, CancellationToken cancellationToken);
}
