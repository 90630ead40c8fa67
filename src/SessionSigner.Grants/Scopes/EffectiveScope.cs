using System.Text;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>
/// What a session key may sign: the policy's ceiling and the narrowing its owner asked for, both of which must allow a request. Immutable.
/// Its canonical JSON is <c>{"ceiling":…,"narrowing":…,"version":1}</c>, without "narrowing" if there is none; a grant signs its Keccak-256.
/// </summary>
public sealed class EffectiveScope
{
    private readonly byte[] _utf8;

    /// <param name="ceiling">The widest scope of the policy.</param>
    /// <param name="narrowing">The narrowing, or null.</param>
    public EffectiveScope(Scope ceiling, Scope? narrowing)
    {
        Ceiling = ceiling;
        Narrowing = narrowing;
        Document = narrowing is null
            ? JsonItem.Of(("ceiling", ceiling.Document), ("version", new JsonItem.Integer(1)))
            : JsonItem.Of(("ceiling", ceiling.Document), ("narrowing", narrowing.Document), ("version", new JsonItem.Integer(1)));
        _utf8 = Grants.CanonicalJson.WriteUtf8(Document);
        Hash = Keccak256.Hash(_utf8);
        Chains = [.. ceiling.Chains.Where(chain => narrowing is null || narrowing.Chains.Contains(chain)).Order()];
    }

    /// <summary>The widest scope of the policy.</summary>
    public Scope Ceiling { get; }

    /// <summary>The narrowing, or null.</summary>
    public Scope? Narrowing { get; }

    /// <summary>Chains that both sides name, ascending; may be empty, and then nothing can be signed.</summary>
    public IReadOnlyList<UInt256> Chains { get; }

    /// <summary>Keccak-256 of the canonical JSON.</summary>
    public Hash32 Hash { get; }

    /// <summary>The canonical JSON in UTF-8.</summary>
    public ReadOnlyMemory<byte> CanonicalUtf8 => _utf8;

    /// <summary>The canonical JSON.</summary>
    public string CanonicalJson => Encoding.UTF8.GetString(_utf8);

    /// <summary>The document.</summary>
    public JsonItem.Object Document { get; }

    /// <summary>Whether a session under both sides may act for the account.</summary>
    public bool AllowsAccount(Address account) => Ceiling.AllowsAccount(account) && (Narrowing is null || Narrowing.AllowsAccount(account));

    /// <summary>Reads the document of an effective scope.</summary>
    /// <param name="utf8">JSON in UTF-8, at most 131072 bytes.</param>
    /// <param name="scope">The scope, if there is no fault.</param>
    /// <param name="faults">Everything that is wrong, one sentence each, naming the path.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out EffectiveScope? scope, out IReadOnlyList<string> faults)
    {
        var list = new FaultList();
        scope = StrictJson.Read(utf8, list) is { } item ? Read(item, "", list) : null;
        faults = list.Faults;
        return scope is not null;
    }

    /// <summary>Reads an effective scope that is part of a larger document.</summary>
    /// <returns>Null if anything is wrong.</returns>
    public static EffectiveScope? Read(JsonItem? item, string path, FaultList faults)
    {
        var before = faults.Count;
        var reader = ObjectReader.Open(item, path, faults);
        reader.Integer("version", 1, 1);
        var ceiling = reader.Required("ceiling") is { } upper ? Scope.Read(upper, reader.PathOf("ceiling"), faults) : null;
        var narrowing = reader.Find("narrowing") is { } lower ? Scope.Read(lower, reader.PathOf("narrowing"), faults) : null;
        reader.RefuseUnknown();
        return faults.Count == before && ceiling is not null ? new EffectiveScope(ceiling, narrowing) : null;
    }
}
