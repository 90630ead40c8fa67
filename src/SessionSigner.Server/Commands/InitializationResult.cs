using SessionSigner.Core;
using SessionSigner.Grants;

namespace SessionSigner.Server;

/// <summary>What init has made; all paths are absolute.</summary>
internal sealed record InitializationResult
{
    /// <summary>The folder that holds everything.</summary>
    public required string Folder { get; init; }

    /// <summary>The daemon's configuration file.</summary>
    public required string Configuration { get; init; }

    /// <summary>The primary key, with the token it is in.</summary>
    public required PrimaryKey PrimaryKey { get; init; }

    /// <summary>Ethereum address of the primary key; empty on a curve that has none.</summary>
    public required string Address { get; init; }

    /// <summary>The clients' authority; whoever has its key can be any client.</summary>
    public required CertificatePair Authority { get; init; }

    /// <summary>What the daemon shows.</summary>
    public required CertificatePair Server { get; init; }

    /// <summary>One client for each role.</summary>
    public required IReadOnlyList<InitializedClient> Clients { get; init; }

    /// <summary>The policy's file.</summary>
    public required string PolicyFile { get; init; }

    /// <summary>What the file holds.</summary>
    public required Policy Policy { get; init; }

    /// <summary>The approvers whose quorum puts policies in force; null if the policy is pinned.</summary>
    public required ApproverRoster? Roster { get; init; }

    /// <summary>Secrets that have no place on a daemon's host once this is more than a trial.</summary>
    public required IReadOnlyList<string> SecretsToMove { get; init; }
}

/// <summary>The files of a certificate and its private key.</summary>
internal sealed record CertificatePair(string Certificate, string Key);

/// <summary>A client that can speak to the daemon.</summary>
/// <param name="Role">The one role that it has.</param>
/// <param name="Identity">URI in its certificate.</param>
/// <param name="Files">Its certificate and key.</param>
/// <param name="Profile">File for sessionsigner --profile.</param>
internal sealed record InitializedClient(string Role, string Identity, CertificatePair Files, string Profile);
