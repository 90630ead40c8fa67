using System.Collections.Frozen;
using System.Globalization;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>The permissions of kind "call", by chain, target and selector.</summary>
internal sealed class CallTable(string side, Scope scope)
{
    private const int KeyCountMax = 65_536;

    // Above every four-byte selector: stands for calldata of no bytes at all.
    private const ulong NoSelector = 1UL << 32;

    private readonly Dictionary<Key, List<CallRule>> _building = [];
    private readonly FrozenSet<UInt256> _chains = scope.Chains.ToFrozenSet();
    private FrozenDictionary<Key, CallRule[]> _rules = FrozenDictionary<Key, CallRule[]>.Empty;
    private FrozenDictionary<(UInt256 Chain, Address Target), string[]> _functions = FrozenDictionary<(UInt256, Address), string[]>.Empty;

    /// <summary>Compiles a permission and adds it under each of its keys.</summary>
    public void Add(CallPermission permission, PermissionCompiler compiler)
    {
        if (compiler.Compile(permission, out var selector) is not { } rule)
        {
            return;
        }
        foreach (var chain in permission.Chain is { } one ? [one] : scope.Chains)
        {
            foreach (var target in permission.Targets)
            {
                var key = new Key(chain, target, selector ?? NoSelector);
                if (_building.TryGetValue(key, out var rules))
                {
                    rules.Add(rule);
                }
                else
                {
                    _building.Add(key, [rule]);
                }
            }
        }
    }

    /// <summary>Ends building; nothing is found before.</summary>
    public void Freeze(FaultList faults)
    {
        if (_building.Count > KeyCountMax)
        {
            faults.Add(side + ".permissions", "Must name at most 65536 combinations of chain, target and function.");
            return;
        }
        _rules = _building.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToArray());
        _functions = _building
            .GroupBy(pair => (pair.Key.Chain, pair.Key.Target), pair => pair.Value[0].FunctionText)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray());
        _building.Clear();
    }

    public ScopeDecision Evaluate(UnsignedTransaction transaction, DebitBuffer debits)
    {
        // 1. Features that no permission of this version can name.
        if (FindForbiddenFeature(transaction) is { } feature)
        {
            return Refuse(DenialReason.FeatureNotAllowed, ".permissions", feature, "transactions of types 0, 1 and 2");
        }
        // 2. The chain; a transaction without one is valid on every chain.
        if (transaction.ChainId is not { } chain || !_chains.Contains(chain))
        {
            var observed = transaction.ChainId?.ToString() ?? "no chain identifier";
            return Refuse(
                DenialReason.ChainNotAllowed,
                ".chains",
                observed,
                DenialText.List([.. scope.Chains.Select(id => id.ToString())])
            );
        }
        // 3. Target and function.
        if (transaction.To is not { } target)
        {
            return Refuse(DenialReason.ContractCreation, ".permissions", "contract creation", "calls to listed targets");
        }
        if (
            !TryReadSelector(transaction.Data.Span, out var selector)
            || !_rules.TryGetValue(new Key(chain, target, selector), out var rules)
        )
        {
            return RefuseKey(transaction, chain, target);
        }
        // 4. The first permission that allows wins; if none does, the one that the request came furthest under says why.
        var furthest = default(Outcome);
        var refusing = rules[0];
        foreach (var rule in rules)
        {
            var outcome = rule.Check(transaction, debits);
            if (outcome.IsMet)
            {
                return ScopeDecision.Allow(rule.Path);
            }
            debits.Clear();
            if (outcome.IsFurtherThan(furthest))
            {
                (furthest, refusing) = (outcome, rule);
            }
        }
        return ScopeDecision.Refuse(refusing.Explain(furthest));
    }

    private static string? FindForbiddenFeature(UnsignedTransaction transaction)
    {
        if (transaction.AuthorizationCount > 0 || transaction.Type == TransactionType.SetCode)
        {
            return string.Create(CultureInfo.InvariantCulture, $"EIP-7702 authorisation list of {transaction.AuthorizationCount}");
        }
        if (transaction.BlobHashCount > 0 || transaction.Type == TransactionType.Blob)
        {
            return string.Create(CultureInfo.InvariantCulture, $"blob transaction with {transaction.BlobHashCount} blobs");
        }
        return transaction.Type is TransactionType.Legacy or TransactionType.AccessList or TransactionType.DynamicFee
            ? null
            : "transaction of unknown type";
    }

    private static bool TryReadSelector(ReadOnlySpan<byte> data, out ulong selector)
    {
        selector = NoSelector;
        if (data.Length >= AbiFunction.SelectorSize)
        {
            selector = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(data);
        }
        return data.IsEmpty || data.Length >= AbiFunction.SelectorSize;
    }

    private ScopeDecision RefuseKey(UnsignedTransaction transaction, UInt256 chain, Address target)
    {
        if (!_functions.TryGetValue((chain, target), out var functions))
        {
            var targets = _functions
                .Keys.Where(key => key.Chain == chain)
                .Select(key => key.Target.ToString())
                .Order(StringComparer.Ordinal)
                .ToArray();
            return Refuse(DenialReason.TargetNotAllowed, ".permissions", $"{target} on chain {chain}", DenialText.List(targets));
        }
        var data = transaction.Data.Span;
        var selector = data.IsEmpty ? "plain transfer" : "selector " + Parsing.Hex(data[..Math.Min(data.Length, AbiFunction.SelectorSize)]);
        return Refuse(
            DenialReason.FunctionNotAllowed,
            ".permissions",
            selector,
            DenialText.List([.. functions.Order(StringComparer.Ordinal)])
        );
    }

    private ScopeDecision Refuse(DenialReason reason, string rule, string observed, string limit) =>
        ScopeDecision.Refuse(new Denial(reason, side + rule, DenialText.Clip(observed), DenialText.Clip(limit)));

    private readonly record struct Key(UInt256 Chain, Address Target, ulong Selector);
}
