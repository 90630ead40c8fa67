namespace SessionSigner.Client;

/// <summary>What to open a session for.</summary>
public sealed record OpenSessionOptions
{
    /// <summary>Name of the policy to open under.</summary>
    public required string Policy { get; init; }

    /// <summary>Label of the primary key; empty if the policy names exactly one.</summary>
    public string PrimaryKey { get; init; } = "";

    /// <summary>Account to act for, checksummed; empty if the policy names exactly one.</summary>
    public string Account { get; init; } = "";

    /// <summary>Who is meant to rely on the grant; empty if the policy names exactly one.</summary>
    public string Audience { get; init; } = "";

    /// <summary>How long the session lasts in seconds; 0 means as long as the policy allows.</summary>
    public uint LifetimeSeconds { get; init; }

    /// <summary>Scope JSON that takes away from the policy's ceiling; empty narrows nothing.</summary>
    public string NarrowingJson { get; init; } = "";

    /// <summary>Identifier of the request; null makes one. Give one to repeat an opening whose answer was lost.</summary>
    public string? RequestId { get; init; }
}
