using System.Collections.Frozen;
using System.Globalization;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>The permissions of kind "call", by chain, target and selector.</summary>
internal sealed class CallTable(string side, Scope scope)
{
    // Above every four-byte selector: stands for calldata of no bytes at all.
    private const ulong NoSelector = 1UL << 32;

    // No chain has it. Stands for every chain of the scope, so that a permission costs one key for each target and not one for each of their pairs.
    private static readonly UInt256 AnyChain = UInt256.Zero;

    private readonly Dictionary<Key, List<(int Order, CallRule Rule)>> _building = [];
    private readonly FrozenSet<UInt256> _chains = scope.Chains.ToFrozenSet();
    private FrozenDictionary<Key, CallRule[]> _rules = FrozenDictionary<Key, CallRule[]>.Empty;
    private FrozenDictionary<(UInt256 Chain, Address Target), string[]> _functions = FrozenDictionary<(UInt256, Address), string[]>.Empty;
    private NearestTargets _nearest = NearestTargets.None;
    private readonly bool _namesAuthorizations = scope.Permissions.Any(permission =>
        permission is CallPermission { Authorizations.Count: > 0 }
    );
    private int _order;

    /// <summary>Compiles a permission and adds it under each of its keys.</summary>
    public void Add(CallPermission permission, PermissionCompiler compiler)
    {
        if (compiler.Compile(permission, out var selector) is not { } rule)
        {
            return;
        }
        _order++;
        foreach (var target in permission.Targets)
        {
            var key = new Key(permission.Chain ?? AnyChain, target, selector ?? NoSelector);
            if (!_building.TryGetValue(key, out var rules))
            {
                _building.Add(key, rules = []);
            }
            rules.Add((_order, rule));
        }
    }

    /// <summary>Ends building; nothing is found before.</summary>
    public void Freeze(FaultList faults)
    {
        _rules = _building.ToFrozenDictionary(pair => pair.Key, pair => InOrder(pair.Key, pair.Value));
        RefuseMixedContainers(faults);
        RefuseMixedFunctions(faults);
        ElementBound.Check(_rules.Values, faults);
        _functions = _building
            .GroupBy(pair => (pair.Key.Chain, pair.Key.Target), pair => pair.Value[0].Rule.FunctionText)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray());
        _nearest = new NearestTargets(
            AnyChain,
            _building.Select(pair => (pair.Key.Chain, pair.Key.Target, pair.Key.Selector, pair.Value[0].Rule.FunctionText))
        );
        _building.Clear();
    }

    public ScopeDecision Evaluate(UnsignedTransaction transaction, DebitBuffer debits, TraceBuilder? trace)
    {
        // 1. Features that no permission of this version can name.
        if (FindForbiddenFeature(transaction) is { } feature)
        {
            return Refuse(
                DenialReason.FeatureNotAllowed,
                ".permissions",
                feature,
                _namesAuthorizations ? "transactions of types 0, 1, 2, and 4 with authorisations" : "transactions of types 0, 1 and 2"
            );
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
        // 4. The call, and the calls it carries.
        var carried = 0;
        var call = new ContractCall(chain, target, transaction.Value, transaction.Data);
        var decision = Decide(transaction, call, depth: 0, ref carried, debits, trace);
        if (!decision.IsAllowed)
        {
            debits.Clear();
        }
        return decision;
    }

    /// <summary>Decides the calls that a user operation carries.</summary>
    /// <param name="path">Rule path of the permission that allows the operation.</param>
    /// <param name="container">How it carries them.</param>
    /// <param name="outer">The call of the EntryPoint to the sender.</param>
    /// <param name="debits">Has what the operation itself counts; receives what the calls do. Not what it was if they are refused.</param>
    /// <param name="trace">Receives what was considered, if there is one.</param>
    public ScopeDecision EvaluateCarried(
        string path,
        CarriedCalls container,
        in ContractCall outer,
        DebitBuffer debits,
        TraceBuilder? trace
    )
    {
        var carried = 0;
        return DecideCarried(path, container, outer, depth: 0, ref carried, debits, trace);
    }

    private ScopeDecision Decide(
        UnsignedTransaction? transaction,
        in ContractCall call,
        int depth,
        ref int carried,
        DebitBuffer debits,
        TraceBuilder? trace
    )
    {
        if (
            !TryReadSelector(call.Data.Span, out var selector)
            || (
                !_rules.TryGetValue(new Key(call.Chain, call.Target, selector), out var rules)
                && !_rules.TryGetValue(new Key(AnyChain, call.Target, selector), out rules)
            )
        )
        {
            var unknown = RefuseKey(call);
            trace?.AddUnmet("", unknown.Denial);
            return unknown;
        }
        var selection = new PermissionSelection<CallRule>(debits, trace);
        AbiValue.Tuple? arguments = null;
        foreach (var rule in rules)
        {
            if (selection.Add(rule, rule.Check(transaction, call, debits, out var values)))
            {
                arguments = values;
            }
        }
        var decision = selection.End();
        // Permissions for the same calls agree on whether to look into them, so it makes no difference under which one that is done.
        return selection.Allowing is { Container: { } container } allowing
            ? DecideCarried(allowing.Path, new CarriedCalls(container, arguments!), call, depth, ref carried, debits, trace)
            : decision;
    }

    // Every call that a container carries must itself be allowed, as if it stood alone but for gas and fees.
    private ScopeDecision DecideCarried(
        string path,
        CarriedCalls container,
        in ContractCall outer,
        int depth,
        ref int carried,
        DebitBuffer debits,
        TraceBuilder? trace
    )
    {
        var calls = new List<ContractCall>();
        var fault = depth < CallContainer.DepthMax ? container.Container.Read(outer, container.Arguments, calls) : CallContainer.TooDeep;
        carried += calls.Count;
        fault ??= calls.Count == 0 ? CallContainer.NoCalls : null;
        fault ??= carried > CallContainer.CallCountMax ? CallContainer.TooManyCalls : null;
        if (fault is not null)
        {
            var unreadable = fault.Explain(path, container.Container);
            trace?.AddUnmet(path, unreadable);
            return ScopeDecision.Refuse(unreadable);
        }
        var first = default(ScopeDecision);
        var isRefused = false;
        // The first call that is refused decides; a trace goes on, to say of every call whether it would be.
        for (var i = 0; i < calls.Count && (!isRefused || trace is not null); i++)
        {
            trace?.EnterCall(i);
            var decision = Decide(transaction: null, calls[i], depth + 1, ref carried, debits, trace);
            trace?.ExitCall();
            if (!decision.IsAllowed && !isRefused)
            {
                var denial = decision.Denial;
                var observed = DenialText.Clip(string.Create(CultureInfo.InvariantCulture, $"call[{i}]: {denial.Observed}"));
                (first, isRefused) = (ScopeDecision.Refuse(denial with { Observed = observed }), true);
            }
        }
        return isRefused ? first : ScopeDecision.Allow(path);
    }

    // What is found under one chain includes what holds on every chain, in the order of the document.
    private CallRule[] InOrder(Key key, List<(int Order, CallRule Rule)> rules)
    {
        if (key.Chain != AnyChain && _building.TryGetValue(key with { Chain = AnyChain }, out var general))
        {
            return [.. rules.Concat(general).OrderBy(item => item.Order).Select(item => item.Rule)];
        }
        return [.. rules.Select(item => item.Rule)];
    }

    // A permission that does not look into what another one for the same calls looks into would be the way around it.
    private void RefuseMixedContainers(FaultList faults)
    {
        var mixed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var rules in _rules.Values)
        {
            foreach (var rule in rules.Where(rule => !ReferenceEquals(rule.Container, rules[0].Container)))
            {
                mixed.TryAdd(rule.Path, rules[0].Path);
            }
        }
        foreach (var (path, first) in mixed)
        {
            faults.Add(path + ".unwrap", $"Must be the same as in {first}, which names the same calls.");
        }
    }

    // A selector is 4 bytes of a hash, so another function can be found that has it. Under its signature the same calldata would be read as something else.
    private void RefuseMixedFunctions(FaultList faults)
    {
        var mixed = new SortedDictionary<string, CallRule>(StringComparer.Ordinal);
        foreach (var rules in _rules.Values)
        {
            foreach (var rule in rules.Where(rule => rule.FunctionText != rules[0].FunctionText))
            {
                mixed.TryAdd(rule.Path, rules[0]);
            }
        }
        foreach (var (path, first) in mixed)
        {
            faults.Add(
                path + ".function",
                $"Has the selector of {first.FunctionText} in {first.Path}, which names the same contract: the calls would be read in two ways."
            );
        }
    }

    private string? FindForbiddenFeature(UnsignedTransaction transaction)
    {
        // SPEC: EIP-7702 "The transaction is considered invalid if the length of authorization_list is zero."
        var authorizations = transaction.Authorizations.Count;
        if (transaction.Type == TransactionType.SetCode ? authorizations == 0 || !_namesAuthorizations : authorizations > 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"EIP-7702 authorisation list of {authorizations}");
        }
        if (transaction.BlobHashCount > 0 || transaction.Type == TransactionType.Blob)
        {
            return string.Create(CultureInfo.InvariantCulture, $"blob transaction with {transaction.BlobHashCount} blobs");
        }
        return
            transaction.Type
                is TransactionType.Legacy
                    or TransactionType.AccessList
                    or TransactionType.DynamicFee
                    or TransactionType.SetCode
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

    private ScopeDecision RefuseKey(in ContractCall call)
    {
        var (chain, target) = (call.Chain, call.Target);
        var functions = _functions
            .GetValueOrDefault((chain, target), [])
            .Concat(_functions.GetValueOrDefault((AnyChain, target), []))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (functions.Length == 0)
        {
            var nearest = TryReadSelector(call.Data.Span, out var wanted) ? _nearest.Find(chain, wanted) : _nearest.Find(chain);
            return Refuse(DenialReason.TargetNotAllowed, ".permissions", $"{target} on chain {chain}", nearest);
        }
        var data = call.Data.Span;
        var selector = data.IsEmpty ? "plain transfer" : "selector " + Parsing.Hex(data[..Math.Min(data.Length, AbiFunction.SelectorSize)]);
        return Refuse(DenialReason.FunctionNotAllowed, ".permissions", selector, DenialText.List(functions));
    }

    private ScopeDecision Refuse(DenialReason reason, string rule, string observed, string limit) =>
        ScopeDecision.Refuse(new Denial(reason, side + rule, DenialText.Clip(observed), DenialText.Clip(limit)));

    private readonly record struct Key(UInt256 Chain, Address Target, ulong Selector);
}
