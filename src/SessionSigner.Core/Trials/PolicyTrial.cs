using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// A policy in force on no daemon: sessions are opened and requests decided by the code that decides them in a daemon (terms, compiled scopes, meters), with a
/// clock that stands until it is moved. Nothing is signed, journaled or read; every policy's primary key exists. Not thread safe.
/// </summary>
internal sealed class PolicyTrial
{
    // The session key of every session: the point whose scalar is 1.
    private static readonly Address s_signer = Address.TryParseChecksummed("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", out var address)
        ? address
        : throw new InvalidOperationException();

    private readonly Policy _policy;
    private readonly TrialClock _clock;
    private readonly SharedMeters _shared;
    private readonly IReadOnlyList<PrimaryKey> _primaryKeys;
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);
    private readonly ScopeEvaluation _evaluation = new();

    /// <param name="policy">The policy.</param>
    /// <param name="startMs">When it begins, Unix time in milliseconds.</param>
    public PolicyTrial(Policy policy, long startMs)
    {
        _policy = policy;
        _clock = new TrialClock(startMs);
        _shared = new SharedMeters(static (_, _) => [], _clock);
        _primaryKeys = [.. policy.PrimaryKeys.Select(ToPrimaryKey)];
    }

    /// <summary>Lets time pass.</summary>
    public void Advance(long seconds) => _clock.Advance(seconds);

    /// <summary>Lets time pass until a moment; one that is past changes nothing.</summary>
    public void AdvanceTo(long wallMs) => _clock.AdvanceTo(wallMs);

    /// <summary>Ends a session, so that its principal may open another one.</summary>
    public void Close(TrialSession session) => _open[session.Principal]--;

    /// <summary>Opens a session.</summary>
    /// <param name="caller">Who opens it.</param>
    /// <param name="command">What is asked for; its policy and request identifier are not looked at.</param>
    /// <param name="session">The session, if not refused.</param>
    /// <param name="signer">Address of its key, or null for that of every case.</param>
    /// <returns>The refusal, or null.</returns>
    /// <exception cref="SignerException"><see cref="ErrorCode.InvalidRequest"/> naming the field.</exception>
    public Denial? Open(Principal caller, OpenSessionCommand command, out TrialSession? session, Address? signer = null)
    {
        session = null;
        var request = OpenRequest.Parse(caller, command with { Policy = _policy.Name, RequestId = "trial" });
        var nowMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (OpeningTerms.Decide(request, _policy, _primaryKeys, nowMs / 1_000, out var terms) is { } denial)
        {
            return denial;
        }
        var open = _open.GetValueOrDefault(caller.Identity);
        if (SessionTable.FindPolicyDenial(open, _policy.MaxOpenSessionsPerPrincipal) is { } full)
        {
            return full;
        }
        _open[caller.Identity] = open + 1;
        var record = ToRecord(caller, terms!, nowMs, signer ?? s_signer);
        session = new TrialSession(
            _policy.CompiledCeiling,
            terms!.Narrowing,
            new SessionClock(_clock, nowMs, _clock.GetTimestamp(), terms.NotBefore, terms.NotAfter),
            SessionMeters.Create(_policy.CompiledCeiling, terms.Narrowing, new SessionOptions().MaxSignaturesPerSession, record, _shared),
            _evaluation,
            new SessionFacts(record.Address, record.NotAfter, record.Account)
        )
        {
            Principal = caller.Identity,
        };
        return null;
    }

    private static SessionRecord ToRecord(Principal caller, OpeningTerms terms, long nowMs, Address signer) =>
        new()
        {
            SessionId = "",
            Principal = caller.Identity,
            Policy = terms.Policy.Name,
            PolicyDigest = terms.Policy.Digest,
            PrimaryKey = terms.PrimaryKey.Label,
            GrantId = default,
            Account = terms.Account,
            Address = signer,
            PublicKey = default,
            NotBefore = terms.NotBefore,
            NotAfter = terms.NotAfter,
            OpenedAtMs = nowMs,
            GrantJson = default,
        };

    private static PrimaryKey ToPrimaryKey(string label) =>
        new()
        {
            Label = label,
            KeyId = default,
            PublicKey = new PublicKey(Curve.Unspecified, default),
            TokenLabel = "",
            TokenSerial = "",
            TokenModel = "",
            Sensitive = true,
            Extractable = false,
            NeverExtractable = true,
            AlwaysSensitive = true,
            Local = true,
        };
}

/// <summary>A session of a <see cref="PolicyTrial"/>.</summary>
internal sealed class TrialSession(
    CompiledScope ceiling,
    CompiledScope? narrowing,
    SessionClock clock,
    SessionMeters meters,
    ScopeEvaluation evaluation,
    SessionFacts facts
)
{
    /// <summary>Who opened it.</summary>
    public required string Principal { get; init; }

    /// <summary>Decides a request as a daemon would, and takes what an allowed one takes.</summary>
    /// <param name="kind">Kind of payload.</param>
    /// <param name="body">The payload as it is sent.</param>
    public ScopeDecision Decide(PayloadKind kind, ReadOnlyMemory<byte> body)
    {
        var decision = DecideScope(kind, body);
        return decision.IsAllowed ? Take(evaluation, evaluation.CeilingPermission) : decision;
    }

    /// <summary>What the window and both sides say of a request; takes nothing and asks no meter.</summary>
    /// <param name="kind">Kind of payload.</param>
    /// <param name="body">The payload as it is sent.</param>
    public ScopeDecision DecideScope(PayloadKind kind, ReadOnlyMemory<byte> body)
    {
        var decoded = PayloadDecoder.Decode(kind, body);
        if (!decoded.IsDecoded)
        {
            return ScopeDecision.Refuse(decoded.Denial);
        }
        return clock.Check() is { } outside
            ? ScopeDecision.Refuse(outside)
            : evaluation.Evaluate(ceiling, narrowing, decoded.Payload, clock.NowMs / 1_000, facts);
    }

    /// <summary>Takes a signature and known amounts, whatever was signed.</summary>
    /// <param name="debits">Names of the ceiling's budgets and amounts.</param>
    /// <param name="unknown">Receives the names of budgets that the ceiling does not have.</param>
    public ScopeDecision TakeDebits(IEnumerable<(string Budget, UInt256 Amount)> debits, ICollection<string> unknown)
    {
        if (clock.Check() is { } outside)
        {
            return ScopeDecision.Refuse(outside);
        }
        // One of its own: the amounts replace nothing.
        var taking = new ScopeEvaluation();
        foreach (var (name, amount) in debits)
        {
            var index = ceiling.Budgets.ToList().FindIndex(budget => budget.Name == name);
            if (index < 0)
            {
                unknown.Add(name);
            }
            else if (!taking.Ceiling.TryAdd(index, amount))
            {
                return ScopeDecision.Refuse(new Denial(DenialReason.BudgetExceeded, ceiling.Budgets[index].Path, amount.ToString(), ""));
            }
        }
        return Take(taking, "recorded debits");
    }

    private ScopeDecision Take(ScopeEvaluation taking, string allowedBy)
    {
        var reserved = meters.TryReserve(taking, clock.ReadMeterTime());
        if (!reserved.IsAllowed)
        {
            return ScopeDecision.Refuse(reserved.Denial);
        }
        _ = meters.Book(taking, request: default, static _ => Task.FromResult(0L));
        return ScopeDecision.Allow(allowedBy);
    }
}
