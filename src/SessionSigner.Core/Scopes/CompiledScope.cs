using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// A scope in the form in which requests are evaluated: found by key in constant time in the number of permissions, every name resolved, every operand
/// checked. Immutable and thread safe. Everything that no permission names is refused.
/// </summary>
public sealed class CompiledScope
{
    private readonly Scope _scope;
    private readonly CallTable _calls;
    private readonly TypedDataTable _typedData;
    private readonly MessageTable _messages;
    private readonly UserOperationTable _userOperations;

    // Path of the permission of kind "raw_digest", which has no conditions; null if there is none.
    private readonly string? _rawDigests;

    private CompiledScope(
        string side,
        Scope scope,
        BudgetRule[] budgets,
        CallTable calls,
        TypedDataTable typedData,
        MessageTable messages,
        UserOperationTable userOperations,
        string? rawDigests
    )
    {
        Side = side;
        _scope = scope;
        _calls = calls;
        _typedData = typedData;
        _messages = messages;
        _userOperations = userOperations;
        _rawDigests = rawDigests;
        Budgets = budgets;
        Rates = [.. scope.Rates.Select((rate, i) => new RateRule(Text($"{side}.rates[{i}]"), rate.Max, rate.WindowSeconds))];
        MaxSignaturesPath = side + ".max_signatures";
        MaxOpenOrdersPath = side + ".max_open_orders";
    }

    /// <summary>"ceiling" or "narrowing"; every rule path begins with it.</summary>
    public string Side { get; }

    /// <summary>The budgets; debits name them by position.</summary>
    public IReadOnlyList<BudgetRule> Budgets { get; }

    /// <summary>The rate windows.</summary>
    public IReadOnlyList<RateRule> Rates { get; }

    /// <summary>Most signatures over the life of a session; null for no bound.</summary>
    public long? MaxSignatures => _scope.MaxSignatures;

    /// <summary>Rule path of <see cref="MaxSignatures"/>.</summary>
    public string MaxSignaturesPath { get; }

    /// <summary>Most signatures of a session that are not released; null for no bound.</summary>
    public long? MaxOpenOrders => _scope.MaxOpenOrders;

    /// <summary>Rule path of <see cref="MaxOpenOrders"/>.</summary>
    public string MaxOpenOrdersPath { get; }

    /// <summary>The scope it was compiled from.</summary>
    public Scope Source => _scope;

    /// <summary>Compiles a scope.</summary>
    /// <param name="side">"ceiling" or "narrowing".</param>
    /// <param name="scope">The scope.</param>
    /// <exception cref="SignerException"><see cref="ErrorCode.InvalidRequest"/> with the first fault.</exception>
    public static CompiledScope Compile(string side, Scope scope) =>
        TryCompile(side, scope, out var compiled, out var faults)
            ? compiled
            : throw new SignerException(ErrorCode.InvalidRequest, "The scope cannot be enforced. " + faults[0], side);

    /// <summary>Compiles a scope, or says everything that keeps it from being enforced.</summary>
    /// <param name="side">"ceiling" or "narrowing".</param>
    /// <param name="scope">The scope.</param>
    /// <param name="compiled">The result, if there is no fault.</param>
    /// <param name="faults">What is wrong, one sentence each, naming the path: signatures that cannot be read, paths that lead nowhere, operands that their types cannot hold.</param>
    public static bool TryCompile(
        string side,
        Scope scope,
        [NotNullWhen(true)] out CompiledScope? compiled,
        out IReadOnlyList<string> faults
    )
    {
        var list = new FaultList();
        BudgetRule[] budgets =
        [
            .. scope.Budgets.Select(budget => new BudgetRule(Text($"{side}.budgets[{budget.Name}]"), budget.Name, budget.Unit, budget.Limit)
            {
                Decimals = budget.Decimals,
                Window = budget.Window,
                Per = budget.Per,
            }),
        ];
        RefuseSharedBudgets(side, scope, list);
        var calls = new CallTable(side, scope);
        var typedData = new TypedDataTable(side, scope);
        var messages = new MessageTable(side);
        var userOperations = new UserOperationTable(side, scope, calls);
        string? rawDigests = null;
        for (var i = 0; i < scope.Permissions.Count; i++)
        {
            var compiler = new PermissionCompiler(Text($"{side}.permissions[{i}]"), budgets, list);
            switch (scope.Permissions[i])
            {
                case CallPermission call:
                    calls.Add(call, compiler);
                    break;
                case TypedDataPermission typed:
                    typedData.Add(typed, compiler);
                    break;
                case MessagePermission message:
                    messages.Add(message, compiler);
                    break;
                case SignInPermission signIn:
                    messages.Add(signIn, compiler);
                    break;
                case RawDigestPermission:
                    rawDigests ??= compiler.Path;
                    break;
                case UserOperationPermission operation:
                    userOperations.Add(operation, compiler);
                    break;
                default:
                    list.Add(compiler.Path, "Unknown kind of permission.");
                    break;
            }
        }
        calls.Freeze(list);
        typedData.Freeze(list);
        userOperations.Freeze();
        faults = list.Faults;
        compiled = list.Count == 0 ? new CompiledScope(side, scope, budgets, calls, typedData, messages, userOperations, rawDigests) : null;
        return compiled is not null;
    }

    /// <summary>Reports what keeps permissions from being enforced, of a scope that cannot be read as a whole.</summary>
    /// <param name="side">"ceiling" or "narrowing".</param>
    /// <param name="permissions">Those that can be read, by position.</param>
    /// <param name="faults">Receives what is wrong.</param>
    internal static void FindFaults(string side, IReadOnlyList<(int Index, Permission Permission)> permissions, FaultList faults)
    {
        // Whether a budget exists is the reader's to say.
        BudgetRule[] budgets =
        [
            .. permissions
                .SelectMany(one => one.Permission.Meters)
                .Select(meter => meter.Budget)
                .Distinct(StringComparer.Ordinal)
                .Select(name => new BudgetRule("", name, "", UInt256.Zero)),
        ];
        foreach (var (index, permission) in permissions)
        {
            new PermissionCompiler(Text($"{side}.permissions[{index}]"), budgets, faults).FindFaults(permission);
        }
    }

    /// <summary>
    /// Says whether a payload is allowed now, and by which permission. Consumes nothing: the caller takes the debits from the budgets and counts rates and
    /// signatures. Does not allocate when it allows a call whose arguments are all static.
    /// </summary>
    /// <param name="payload">A payload the daemon has decoded itself.</param>
    /// <param name="nowSeconds">The current Unix time.</param>
    /// <param name="debits">Receives what the payload takes from each budget, by position in <see cref="Budgets"/>; emptied first, and empty if refused.</param>
    /// <param name="session">The session that would sign; without it, what depends on one is refused.</param>
    public ScopeDecision Evaluate(SigningPayload payload, long nowSeconds, DebitBuffer debits, SessionFacts session = default) =>
        Evaluate(payload, nowSeconds, debits, session, trace: null);

    /// <summary>Decides, and says what was considered if a trace is given.</summary>
    internal ScopeDecision Evaluate(SigningPayload payload, long nowSeconds, DebitBuffer debits, SessionFacts session, TraceBuilder? trace)
    {
        trace?.BeginPart();
        var decision = Decide(payload, nowSeconds, debits, session, trace);
        // What no table has put into the trace was decided without looking at a permission.
        if (trace is { HasSteps: false } && !decision.IsAllowed)
        {
            trace.AddUnmet("", decision.Denial);
        }
        return decision;
    }

    private ScopeDecision Decide(SigningPayload payload, long nowSeconds, DebitBuffer debits, SessionFacts session, TraceBuilder? trace)
    {
        debits.Clear();
        // 1. The window, half open.
        if (FindWindowDenial(nowSeconds) is { } denial)
        {
            return ScopeDecision.Refuse(denial);
        }
        // 2. The permissions for this kind of payload.
        return payload switch
        {
            TransactionPayload transaction => _calls.Evaluate(transaction.Transaction, debits, trace),
            TypedDataPayload message => _typedData.Evaluate(message.TypedData, debits, trace),
            MessagePayload message => _messages.Evaluate(message, nowSeconds, session, debits, trace),
            DigestPayload => EvaluateDigest(trace),
            UserOperationPayload operation => _userOperations.Evaluate(operation, session, debits, trace),
            _ => ScopeDecision.Refuse(
                new Denial(
                    DenialReason.FeatureNotAllowed,
                    Side + ".permissions",
                    "another kind of payload",
                    "kinds of payload that a permission can name"
                )
            ),
        };
    }

    private ScopeDecision EvaluateDigest(TraceBuilder? trace)
    {
        if (_rawDigests is not null)
        {
            trace?.AddMet(_rawDigests);
            return ScopeDecision.Allow(_rawDigests);
        }
        return ScopeDecision.Refuse(
            new Denial(DenialReason.DigestNotAllowed, Side + ".permissions", "a digest", "a permission of kind raw_digest")
        );
    }

    // A narrowing is its session's alone: its budgets have nothing to be shared with.
    private static void RefuseSharedBudgets(string side, Scope scope, FaultList faults)
    {
        for (var i = 0; i < scope.Budgets.Count; i++)
        {
            if (side != "ceiling" && scope.Budgets[i].Per != BudgetPer.Session)
            {
                faults.Add(
                    StrictJson.Element(side + ".budgets", i) + ".per",
                    "Must be \"session\"; only a policy's ceiling shares budgets."
                );
            }
        }
    }

    private Denial? FindWindowDenial(long nowSeconds)
    {
        if (nowSeconds < _scope.NotBefore)
        {
            return new Denial(DenialReason.OutsideWindow, Side + ".not_before", Text($"{nowSeconds}"), Text($"from {_scope.NotBefore}"))
            {
                RetryAfterMs = checked((_scope.NotBefore.Value - nowSeconds) * 1_000),
            };
        }
        return nowSeconds >= _scope.NotAfter
            ? new Denial(DenialReason.OutsideWindow, Side + ".not_after", Text($"{nowSeconds}"), Text($"before {_scope.NotAfter}"))
            : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
