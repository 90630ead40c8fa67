using System.Collections.Frozen;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>The permissions of kind "user_operation", by chain, EntryPoint with its version, and sender.</summary>
internal sealed class UserOperationTable(string side, Scope scope, CallTable calls)
{
    private readonly Dictionary<Key, List<UserOperationRule>> _building = [];
    private FrozenDictionary<Key, UserOperationRule[]> _rules = FrozenDictionary<Key, UserOperationRule[]>.Empty;
    private string _known = "no user operations";

    /// <summary>Compiles a permission and adds it under each of its keys.</summary>
    public void Add(UserOperationPermission permission, PermissionCompiler compiler)
    {
        if (compiler.Compile(permission) is not { } rule)
        {
            return;
        }
        foreach (var sender in permission.Senders)
        {
            var key = new Key(permission.Chain, permission.EntryPoint, permission.EntryPointVersion, sender);
            if (!_building.TryGetValue(key, out var rules))
            {
                _building.Add(key, rules = []);
            }
            rules.Add(rule);
        }
    }

    /// <summary>Ends building; nothing is found before.</summary>
    public void Freeze()
    {
        _rules = _building.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToArray());
        _building.Clear();
        if (_rules.Count > 0)
        {
            _known = DenialText.List([.. _rules.Keys.Select(Describe).Order(StringComparer.Ordinal)]);
        }
    }

    public ScopeDecision Evaluate(UserOperationPayload payload, in SessionFacts session, DebitBuffer debits, TraceBuilder? trace)
    {
        var operation = payload.Operation;
        // 1. Chain, EntryPoint and sender.
        var key = new Key(operation.ChainId, operation.EntryPoint, operation.Version, operation.Sender);
        if (!_rules.TryGetValue(key, out var rules))
        {
            return RefuseKey(key);
        }
        // A session acts for one account; what its policy allows the senders of other sessions is not its to sign.
        if (operation.Sender != session.Account)
        {
            var (sender, account) = (operation.Sender.ToString(), session.Account.ToString());
            return ScopeDecision.Refuse(new Denial(DenialReason.UserOperationNotAllowed, "session.account", sender, account));
        }
        // 2. The operation itself.
        var selection = new PermissionSelection<UserOperationRule>(debits, trace);
        CarriedCalls? carried = null;
        foreach (var rule in rules)
        {
            if (selection.Add(rule, rule.Check(operation, payload.Form, debits, out var values)))
            {
                carried = values;
            }
        }
        var decision = selection.End();
        if (selection.Allowing is not { } allowing)
        {
            return decision;
        }
        // 3. The calls it carries, as calls of the sender. Which permission they are carried under makes no difference to them.
        var call = new ContractCall(operation.ChainId, operation.Sender, UInt256.Zero, operation.CallData);
        decision = calls.EvaluateCarried(allowing.Path, carried!, call, debits, trace);
        if (!decision.IsAllowed)
        {
            debits.Clear();
        }
        return decision;
    }

    private ScopeDecision RefuseKey(Key key)
    {
        if (!scope.Chains.Contains(key.Chain))
        {
            return Refuse(
                DenialReason.ChainNotAllowed,
                ".chains",
                key.Chain.ToString(),
                DenialText.List([.. scope.Chains.Select(id => id.ToString())])
            );
        }
        return Refuse(DenialReason.UserOperationNotAllowed, ".permissions", Describe(key), _known);
    }

    private static string Describe(Key key) =>
        $"sender {key.Sender} of entry point {key.EntryPoint} {UserOperationSigning.TextOf(key.Version)} on chain {key.Chain}";

    private ScopeDecision Refuse(DenialReason reason, string rule, string observed, string limit) =>
        ScopeDecision.Refuse(new Denial(reason, side + rule, DenialText.Clip(observed), DenialText.Clip(limit)));

    private readonly record struct Key(UInt256 Chain, Address EntryPoint, EntryPointVersion Version, Address Sender);
}
