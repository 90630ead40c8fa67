using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>What a session key may sign. Immutable; made only by reading a document, so every instance is well formed. Format: proto/spec/scope.md.</summary>
public sealed record Scope
{
    /// <summary>Largest canonical form, in bytes; two of them and a signature fit into a grant file.</summary>
    public const int SizeMax = 60_000;

    internal Scope() { }

    /// <summary>First second in which anything may be signed, Unix time; null for no bound.</summary>
    public long? NotBefore { get; internal init; }

    /// <summary>First second in which nothing may be signed any more, Unix time; null for no bound.</summary>
    public long? NotAfter { get; internal init; }

    /// <summary>Chains, at least one.</summary>
    public required IReadOnlyList<UInt256> Chains { get; init; }

    /// <summary>Accounts a session may act for; null for any.</summary>
    public IReadOnlyList<Address>? Accounts { get; internal init; }

    /// <summary>The allow-list, at least one.</summary>
    public required IReadOnlyList<Permission> Permissions { get; init; }

    /// <summary>The budgets.</summary>
    public required IReadOnlyList<Budget> Budgets { get; init; }

    /// <summary>The rate windows; all of them hold at once.</summary>
    public required IReadOnlyList<Rate> Rates { get; init; }

    /// <summary>Most signatures over the life of a session; null for no bound.</summary>
    public long? MaxSignatures { get; internal init; }

    /// <summary>Most signatures of a session that are not released; null for no bound.</summary>
    public long? MaxOpenOrders { get; internal init; }

    /// <summary>The document it was read from.</summary>
    public required JsonItem.Object Document { get; init; }

    /// <summary>The document as canonical JSON.</summary>
    public string ToCanonicalJson() => CanonicalJson.Write(Document);

    /// <summary>Whether a session under this scope may act for the account.</summary>
    public bool AllowsAccount(Address account) => Accounts is null || Accounts.Contains(account);

    /// <summary>Reads a scope document.</summary>
    /// <param name="utf8">JSON in UTF-8, at most 131072 bytes.</param>
    /// <param name="scope">The scope, if there is no fault.</param>
    /// <param name="faults">Everything that is wrong, one sentence each, naming the path.</param>
    /// <returns>False if anything is wrong.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Scope? scope, out IReadOnlyList<string> faults)
    {
        var list = new FaultList();
        scope = StrictJson.Read(utf8, list) is { } item ? Read(item, "", list) : null;
        faults = list.Faults;
        return scope is not null;
    }

    /// <summary>Reads a scope that is part of a larger document.</summary>
    /// <param name="item">The scope's object.</param>
    /// <param name="path">Its path, for faults.</param>
    /// <param name="faults">Receives what is wrong.</param>
    /// <returns>Null if anything is wrong.</returns>
    public static Scope? Read(JsonItem? item, string path, FaultList faults) => ScopeReader.Read(item, path, faults);

    /// <summary>The permissions without fault of a scope that has faults, by position: to look for further ones, not to enforce anything.</summary>
    public static IReadOnlyList<(int Index, Permission Permission)> ReadSoundPermissions(JsonItem? item) =>
        ScopeReader.ReadSoundPermissions(item);
}
