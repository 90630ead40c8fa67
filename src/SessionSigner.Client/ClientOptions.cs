using SessionSigner.Grants;

namespace SessionSigner.Client;

/// <summary>How to reach a daemon, who to be, and what to trust. Immutable; safe to share.</summary>
public sealed record ClientOptions
{
    /// <summary>Address of the daemon: https, a host and a port, no path. Its certificate must name the host.</summary>
    public required Uri Address { get; init; }

    /// <summary>PEM file with the client certificate, then any intermediate certificates. Its URI SAN is the caller's identity.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>PEM file with the certificate's private key, unencrypted. Refused if users other than its owner and group may read it.</summary>
    public required string KeyFile { get; init; }

    /// <summary>PEM file with the certificates of the only authorities that may vouch for the daemon; the system's are not consulted.</summary>
    public required string CaFile { get; init; }

    /// <summary>Longest time one call may take with all its attempts. Default 10 seconds; more than 0, at most 10 minutes.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most attempts of one call while the daemon is unavailable, from 1 (no retry) to 10. Default 4.</summary>
    public int AttemptsMax { get; init; } = 4;

    /// <summary>The only primary key whose grants are accepted; null accepts the key that the grant itself names.</summary>
    public PublicKey? PinnedPrimaryKey { get; init; }

    /// <summary>The clock that grant windows are compared with; deadlines run on the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
