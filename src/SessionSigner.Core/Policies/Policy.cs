using System.Diagnostics.CodeAnalysis;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// Which principals may open sessions on which primary keys, for which accounts and audiences, under what ceiling. Immutable; made only by reading a
/// document, so every instance is well formed and its ceiling can be enforced. Format: proto/spec/policy.md.
/// </summary>
public sealed class Policy
{
    internal Policy() { }

    /// <summary>Name, unique among the policies of a daemon.</summary>
    public required string Name { get; init; }

    /// <summary>For people; may be empty.</summary>
    public required string Description { get; init; }

    /// <summary>Keccak-256 of the canonical JSON; a daemon's configuration pins it.</summary>
    public required Hash32 Digest { get; init; }

    /// <summary>The canonical JSON (RFC 8785).</summary>
    public required string CanonicalJson { get; init; }

    /// <summary>Identities that may open sessions.</summary>
    public required IReadOnlyList<string> Principals { get; init; }

    /// <summary>Identities that may give back what signatures took; none of them opens sessions.</summary>
    public required IReadOnlyList<string> Releasers { get; init; }

    /// <summary>Labels of the primary keys that may authorise them.</summary>
    public required IReadOnlyList<string> PrimaryKeys { get; init; }

    /// <summary>Accounts they may act for.</summary>
    public required IReadOnlyList<Address> Accounts { get; init; }

    /// <summary>Audiences their grants may name.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>Longest life of a session in seconds.</summary>
    public required int MaxLifetimeSeconds { get; init; }

    /// <summary>Most sessions a principal may hold open under this policy; null for no bound of the policy's own.</summary>
    public required int? MaxOpenSessionsPerPrincipal { get; init; }

    /// <summary>The widest scope.</summary>
    public required Scope Ceiling { get; init; }

    /// <summary>The widest scope in the form in which it is enforced; rule paths begin with "ceiling".</summary>
    public required CompiledScope CompiledCeiling { get; init; }

    /// <summary>Reads a policy.</summary>
    /// <param name="json">JSON in UTF-8, at most 131072 bytes. YAML is turned into JSON before.</param>
    /// <param name="policy">The policy, if there is no fault.</param>
    /// <param name="faults">Everything that is wrong, one sentence each, naming the path.</param>
    /// <returns>False if anything is wrong.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out Policy? policy, out IReadOnlyList<string> faults)
    {
        var list = new FaultList();
        policy = StrictJson.Read(json.Span, list) is { } item ? PolicyReader.Read(item, list) : null;
        faults = list.Faults;
        return policy is not null;
    }
}
