namespace SessionSigner.Pkcs11;

/// <summary>Where a token is and how to log in to it.</summary>
public record TokenOptions
{
    /// <summary>Absolute path of the PKCS#11 module. Neither it nor its folder may be writable by others.</summary>
    public required string ModulePath { get; init; }

    /// <summary>Label of the token, without padding. Slot numbers are never used: they change.</summary>
    public required string TokenLabel { get; init; }

    /// <summary>Serial number of the token, without padding; needed if two tokens share the label.</summary>
    public string? TokenSerial { get; init; }

    /// <summary>Absolute path of the file that holds the user PIN; its owner alone may read it. One trailing newline is not part of the PIN.</summary>
    public string? PinFile { get; init; }

    /// <summary>Instead of <see cref="PinFile"/>: name of a systemd credential (LoadCredential=), read from $CREDENTIALS_DIRECTORY.</summary>
    public string? PinCredential { get; init; }

    /// <summary>Folder, writable by the daemon alone, that remembers a refused PIN across restarts. It must exist.</summary>
    public required string StateDirectory { get; init; }
}

/// <summary>A primary key by its names in the token.</summary>
/// <param name="Label">CKA_LABEL.</param>
/// <param name="Id">CKA_ID; needed if two keys share the label.</param>
public sealed record PrimaryKeySelector(string Label, ReadOnlyMemory<byte>? Id = null);

/// <summary>The token, its primary keys, and how patient to be.</summary>
public sealed record Pkcs11Options : TokenOptions
{
    /// <summary>The primary keys; at least one, labels unique.</summary>
    public required IReadOnlyList<PrimaryKeySelector> Keys { get; init; }

    /// <summary>DANGEROUS: accept keys that can leave the token, could once, or were not generated in it.</summary>
    public bool AllowExtractable { get; init; }

    /// <summary>Accept a token that is software: its keys are as safe as its files. For development and tests.</summary>
    public bool AllowSoftwareToken { get; init; }

    /// <summary>How long a caller waits for a signature, queue included; a call into the module that takes longer counts as lost. More than zero.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Token sessions that work at the same time, each on its own thread; 1 to 64. Fewer if the token allows fewer.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Grants that may wait for a worker; 1 to 4096. Beyond it the caller is told to come back.</summary>
    public int QueueLength { get; init; } = 64;

    /// <summary>How often the token is asked whether it is still there. More than zero.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest pause between attempts to get a lost token back. More than zero.</summary>
    public TimeSpan RecoveryDelayMax { get; init; } = TimeSpan.FromSeconds(30);

    internal void ThrowIfInvalid()
    {
        if (Keys.Count == 0 || Keys.Select(key => key.Label).Distinct().Count() != Keys.Count)
        {
            throw new TokenException(TokenFault.Options, "Name at least one primary key, each label once.");
        }
        if (Workers is < 1 or > 64 || QueueLength is < 1 or > 4096)
        {
            throw new TokenException(TokenFault.Options, "Workers must be 1 to 64 and QueueLength 1 to 4096.");
        }
        if (CallTimeout <= TimeSpan.Zero || ProbeInterval <= TimeSpan.Zero || RecoveryDelayMax <= TimeSpan.Zero)
        {
            throw new TokenException(TokenFault.Options, "CallTimeout, ProbeInterval and RecoveryDelayMax must be more than zero.");
        }
    }
}
