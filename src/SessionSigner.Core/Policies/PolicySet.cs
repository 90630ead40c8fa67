using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace SessionSigner.Core;

/// <summary>The policies of a daemon, by name. Immutable and thread safe.</summary>
public sealed class PolicySet
{
    private readonly FrozenDictionary<string, Policy> _byName;

    /// <param name="policies">Policies with different names.</param>
    /// <exception cref="ArgumentException">Two have the same name.</exception>
    public PolicySet(IEnumerable<Policy> policies)
    {
        Policies = [.. policies.OrderBy(policy => policy.Name, StringComparer.Ordinal)];
        foreach (var pair in Policies.Zip(Policies.Skip(1)).Where(pair => pair.First.Name == pair.Second.Name))
        {
            throw new ArgumentException($"Two policies are named \"{pair.First.Name}\".", nameof(policies));
        }
        _byName = Policies.ToFrozenDictionary(policy => policy.Name, StringComparer.Ordinal);
    }

    /// <summary>All of them, by name ascending.</summary>
    public IReadOnlyList<Policy> Policies { get; }

    /// <summary>Finds a policy by its name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Policy? policy) => _byName.TryGetValue(name, out policy);
}
