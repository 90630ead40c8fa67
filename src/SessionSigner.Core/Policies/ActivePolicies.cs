using System.Collections.Frozen;

namespace SessionSigner.Core;

/// <summary>The policies in force, replaced as a whole while the daemon runs. Thread safe; reading takes no lock.</summary>
public sealed class ActivePolicies
{
    private Snapshot _snapshot;

    /// <param name="policies">The policies in force at the start.</param>
    public ActivePolicies(PolicySet policies) => _snapshot = new Snapshot(policies, FrozenDictionary<string, InactivePolicy>.Empty);

    /// <summary>The policies in force.</summary>
    public PolicySet Current => Volatile.Read(ref _snapshot).Policies;

    /// <summary>
    /// Whether this version is in force. Whoever opens a session makes it known first and asks then; whoever takes a version out of force replaces the
    /// set first and looks for sessions then. So one of the two sees the other.
    /// </summary>
    public bool Has(Policy policy)
    {
        Interlocked.MemoryBarrier();
        return Current.TryGet(policy.Name, out var active) && active.Digest == policy.Digest;
    }

    /// <summary>The newest version of a policy that has none in force; <see cref="InactivePolicy.Unknown"/> if there is no version.</summary>
    internal InactivePolicy FindInactive(string name) =>
        Volatile.Read(ref _snapshot).Inactive.GetValueOrDefault(name, InactivePolicy.Unknown);

    /// <summary>Puts another set in force.</summary>
    /// <param name="policies">The policies in force from now on.</param>
    /// <param name="inactive">The newest version of every other policy, by its name.</param>
    internal void Replace(PolicySet policies, IEnumerable<KeyValuePair<string, InactivePolicy>> inactive) =>
        _ = Interlocked.Exchange(ref _snapshot, new Snapshot(policies, inactive.ToFrozenDictionary(StringComparer.Ordinal)));

    private sealed record Snapshot(PolicySet Policies, FrozenDictionary<string, InactivePolicy> Inactive);
}

/// <summary>A policy that has no version in force, as its newest version says.</summary>
/// <param name="State">State of that version.</param>
/// <param name="Principals">Whom it names; only they may know of it.</param>
internal sealed record InactivePolicy(PolicyState State, IReadOnlyList<string> Principals)
{
    /// <summary>There is no such policy.</summary>
    public static InactivePolicy Unknown { get; } = new(PolicyState.Unknown, []);
}
