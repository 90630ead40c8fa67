using System.Net;
using SessionSigner.Core;
using SessionSigner.Grants;

namespace SessionSigner.Server;

/// <summary>The daemon's configuration, checked. Every option is described in deploy/config/sessionsignerd.yaml.</summary>
internal sealed record DaemonOptions
{
    /// <summary>Absolute path of the file it was read from.</summary>
    public required string File { get; init; }

    public required ListenSection Listen { get; init; }

    public required TlsSection Tls { get; init; }

    /// <summary>Roles by identity.</summary>
    public required IReadOnlyDictionary<string, Roles> Identities { get; init; }

    public required TokenSection Token { get; init; }

    public required VaultSection Vault { get; init; }

    public required JournalSection Journal { get; init; }

    /// <summary>The policies that are pinned; none if approvers decide.</summary>
    public required IReadOnlyList<PolicyPin> Policies { get; init; }

    /// <summary>The first roster of approvers; null if policies are pinned.</summary>
    public required ApproverRoster? FirstRoster { get; init; }

    public required LimitsSection Limits { get; init; }

    public required LogSection Log { get; init; }
}

/// <summary>Where to listen and how much to take.</summary>
internal sealed record ListenSection(
    IReadOnlyList<IPEndPoint> Addresses,
    int MaxConnections,
    int MaxConnectionsPerAddress,
    int MaxConnectionsPerIdentity,
    int MaxStreamsPerConnection,
    TimeSpan MaxConnectionAge
);

/// <summary>Files of TLS, all absolute.</summary>
internal sealed record TlsSection(
    string Certificate,
    string PrivateKey,
    string ClientCa,
    string? RefusedCertificates,
    TimeSpan ReloadInterval
);

/// <summary>The token and its keys. Exactly one of PinFile and PinCredential is given.</summary>
internal sealed record TokenSection(
    string Module,
    string Label,
    string? Serial,
    string? PinFile,
    string? PinCredential,
    IReadOnlyList<TokenKeyOptions> Keys,
    TimeSpan CallTimeout,
    bool AllowExtractable,
    bool AllowSoftwareToken,
    IReadOnlyDictionary<string, string> ModuleEnvironment
);

/// <summary>A primary key by label and, if given, identifier.</summary>
internal sealed record TokenKeyOptions(string Label, string? Id);

/// <summary>The protected memory.</summary>
internal sealed record VaultSection(int Capacity, bool AllowDegradedMemory);

/// <summary>The audit log.</summary>
internal sealed record JournalSection(string Path, string Origin);

/// <summary>A policy whose content is pinned by its digest.</summary>
/// <param name="File">Absolute path.</param>
/// <param name="Policy">What the file holds.</param>
internal sealed record PolicyPin(string File, Policy Policy);

/// <summary>Limits of the daemon as a whole.</summary>
internal sealed record LimitsSection(int MaxOpenSessions, int MaxOpenSessionsPerPrincipal, TimeSpan Deadline, int MaxCallsPerIdentity);

/// <summary>What is logged and how.</summary>
internal sealed record LogSection(LogLevel Level, bool Json);
