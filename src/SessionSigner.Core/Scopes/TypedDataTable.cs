using System.Collections.Frozen;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>The permissions of kind "typed_data", by domain separator and type hash: both are hashes of everything that must be exact.</summary>
internal sealed class TypedDataTable(string side, Scope scope)
{
    private readonly Dictionary<Key, List<TypedDataRule>> _building = [];
    private readonly HashSet<(Hash32 Domain, string Type)> _types = [];
    private string _domains = "";
    private FrozenDictionary<Key, TypedDataRule[]> _rules = FrozenDictionary<Key, TypedDataRule[]>.Empty;

    /// <summary>Compiles a permission and adds it under its key.</summary>
    public void Add(TypedDataPermission permission, PermissionCompiler compiler)
    {
        if (compiler.Compile(permission, out var typeHash) is not { } rule)
        {
            return;
        }
        var domain = DomainHash.Of(permission.Domain);
        var key = new Key(domain, typeHash);
        if (_building.TryGetValue(key, out var rules))
        {
            rules.Add(rule);
        }
        else
        {
            _building.Add(key, [rule]);
        }
        _types.Add((domain, permission.Type));
    }

    /// <summary>Ends building; nothing is found before.</summary>
    public void Freeze(FaultList faults)
    {
        ElementBound.Check(_building.Values, faults);
        _rules = _building.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToArray());
        _building.Clear();
        var domains = scope.Permissions.OfType<TypedDataPermission>().Select(permission => Describe(permission.Domain));
        _domains = DenialText.List([.. domains.Distinct(StringComparer.Ordinal)]);
    }

    public ScopeDecision Evaluate(TypedData data, DebitBuffer debits, TraceBuilder? trace)
    {
        if (!_rules.TryGetValue(new Key(data.DomainSeparator, data.TypeHash), out var rules))
        {
            return RefuseKey(data);
        }
        var selection = new PermissionSelection<TypedDataRule>(debits, trace);
        foreach (var rule in rules)
        {
            selection.Add(rule, rule.Check(data, debits));
        }
        return selection.End();
    }

    private ScopeDecision RefuseKey(TypedData data)
    {
        var types = _types
            .Where(type => type.Domain == data.DomainSeparator)
            .Select(type => type.Type)
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (types.Length > 0)
        {
            return Refuse(DenialReason.TypeNotAllowed, ".permissions", data.EncodedType, DenialText.List(types));
        }
        if (data.Domain.ChainId is { } chain && !scope.Chains.Contains(chain))
        {
            return Refuse(
                DenialReason.ChainNotAllowed,
                ".chains",
                chain.ToString(),
                DenialText.List([.. scope.Chains.Select(id => id.ToString())])
            );
        }
        var observed = new TypedDataDomainRule
        {
            Name = data.Domain.Name,
            Version = data.Domain.Version,
            ChainId = data.Domain.ChainId,
            VerifyingContract = data.Domain.VerifyingContract,
            Salt = data.Domain.Salt,
        };
        return Refuse(DenialReason.DomainNotAllowed, ".permissions", Describe(observed), _domains);
    }

    private static string Describe(TypedDataDomainRule domain)
    {
        string?[] parts =
        [
            domain.Name is null ? null : $"name {FaultList.Quote(domain.Name)}",
            domain.Version is null ? null : $"version {FaultList.Quote(domain.Version)}",
            domain.ChainId is null ? null : $"chain {domain.ChainId}",
            domain.VerifyingContract is null ? null : $"contract {domain.VerifyingContract}",
            domain.Salt is null ? null : $"salt {domain.Salt}",
        ];
        return string.Join(' ', parts.Where(part => part is not null));
    }

    private ScopeDecision Refuse(DenialReason reason, string rule, string observed, string limit) =>
        ScopeDecision.Refuse(new Denial(reason, side + rule, DenialText.Clip(observed), DenialText.Clip(limit)));

    private readonly record struct Key(Hash32 DomainSeparator, Hash32 TypeHash);
}
