using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>A policy or roster that was read without fault. Made only by <see cref="Read"/>.</summary>
internal sealed record PolicyDocument
{
    private PolicyDocument() { }

    public required PolicyDocumentKind Kind { get; init; }

    /// <summary>Name of the policy; empty for a roster.</summary>
    public required string Name { get; init; }

    public required Hash32 Digest { get; init; }

    public required ReadOnlyMemory<byte> CanonicalUtf8 { get; init; }

    /// <summary>The policy, or null for a roster.</summary>
    public Policy? Policy { get; init; }

    /// <summary>The roster, or null for a policy.</summary>
    public ApproverRoster? Roster { get; init; }

    /// <summary>What the linter says of it.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Reads a document.</summary>
    /// <param name="kind">What it must be.</param>
    /// <param name="json">JSON in UTF-8, at most 131072 bytes.</param>
    /// <param name="faults">Everything that is wrong, one sentence each, naming the path.</param>
    /// <returns>Null if anything is wrong.</returns>
    public static PolicyDocument? Read(PolicyDocumentKind kind, ReadOnlyMemory<byte> json, out IReadOnlyList<string> faults)
    {
        if (kind == PolicyDocumentKind.Roster)
        {
            return ApproverRoster.TryParse(json.Span, out var roster, out faults) ? Of(roster) : null;
        }
        return Policy.TryParse(json, out var policy, out faults)
            ? new PolicyDocument
            {
                Kind = PolicyDocumentKind.Policy,
                Name = policy.Name,
                Digest = policy.Digest,
                CanonicalUtf8 = System.Text.Encoding.UTF8.GetBytes(policy.CanonicalJson),
                Policy = policy,
                Warnings = PolicyLint.Check(policy),
            }
            : null;
    }

    /// <summary>The document of a roster.</summary>
    public static PolicyDocument Of(ApproverRoster roster) =>
        new()
        {
            Kind = PolicyDocumentKind.Roster,
            Name = "",
            Digest = roster.Digest,
            CanonicalUtf8 = System.Text.Encoding.UTF8.GetBytes(roster.CanonicalJson),
            Roster = roster,
            Warnings = RosterLint.Check(roster),
        };
}
