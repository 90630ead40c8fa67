using System.Text;
using SessionSigner.Audit;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What a policy says of something that is in the log.</summary>
/// <param name="Index">Index of the entry.</param>
/// <param name="SessionId">The session.</param>
/// <param name="What">What happened then.</param>
/// <param name="Decision">What the policy says of it.</param>
public sealed record ReplayFinding(long Index, string SessionId, string What, string Decision);

/// <summary>How much of a log was replayed, and how.</summary>
public sealed record ReplayCounts
{
    /// <summary>Sessions of the policy's name that were opened.</summary>
    public int Sessions { get; internal set; }

    /// <summary>Of them, those that would not be opened.</summary>
    public int SessionsRefused { get; internal set; }

    /// <summary>Signatures of these sessions.</summary>
    public int Signatures { get; internal set; }

    /// <summary>Of them, those whose payload was known: decided in full.</summary>
    public int WithPayload { get; internal set; }

    /// <summary>Of them, those whose payload was not known: only window, rates, counts and the recorded amounts were looked at.</summary>
    public int WithoutPayload { get; internal set; }

    /// <summary>Of them, those whose session would not be opened.</summary>
    public int InRefusedSessions { get; internal set; }

    /// <summary>Signatures that would be refused, those in refused sessions not counted.</summary>
    public int SignaturesRefused { get; internal set; }

    /// <summary>Recorded amounts of budgets that the policy does not have; not looked at.</summary>
    public int UnknownDebits { get; internal set; }

    /// <summary>Refusals whose payload was known.</summary>
    public int RefusalsWithPayload { get; internal set; }

    /// <summary>Refusals that cannot be replayed: their payload is not known, or their session was not opened.</summary>
    public int RefusalsWithoutPayload { get; internal set; }

    /// <summary>Entries about sessions of other policies, and openings that were refused; not looked at.</summary>
    public int Others { get; internal set; }
}

/// <summary>
/// Replays past sessions and signatures of a log against another version of their policy. The log holds digests and not payloads, so what is not given with its
/// payload is decided only by what the log has. Not thread safe. Rules and limits: proto/spec/policy.md, "Replay".
/// </summary>
public sealed class PolicyReplay
{
    /// <summary>Most findings that are listed; the counts go on.</summary>
    public const int FindingsMax = 10_000;

    private readonly Policy _policy;
    private readonly ReplayPayloads _payloads;
    private readonly List<ReplayFinding> _findings = [];

    // Null for a session that would not be opened.
    private readonly Dictionary<string, TrialSession?> _sessions = new(StringComparer.Ordinal);
    private PolicyTrial? _trial;

    /// <param name="policy">The candidate; only sessions of a policy of this name are replayed.</param>
    /// <param name="payloads">What is known of payloads.</param>
    public PolicyReplay(Policy policy, ReplayPayloads payloads)
    {
        _policy = policy;
        _payloads = payloads;
    }

    /// <summary>What was counted so far.</summary>
    public ReplayCounts Counts { get; } = new();

    /// <summary>What would be decided otherwise, in the order of the log.</summary>
    public IReadOnlyList<ReplayFinding> Findings => _findings;

    /// <summary>Takes the next entry of the log.</summary>
    public void Add(long index, Entry entry)
    {
        if (entry.Kind is < EntryKind.SessionOpened or > EntryKind.SessionEnded)
        {
            return;
        }
        if (entry.Kind == EntryKind.OpenRefused || (entry.Policy != _policy.Name && !_sessions.ContainsKey(entry.SessionId)))
        {
            Counts.Others++;
            return;
        }
        _trial ??= new PolicyTrial(_policy, entry.TimeMs);
        _trial.AdvanceTo(entry.TimeMs);
        switch (entry.Kind)
        {
            case EntryKind.SessionOpened:
                Open(_trial, index, entry);
                break;
            case EntryKind.Signed:
                Sign(index, entry);
                break;
            case EntryKind.SignRefused:
                Refuse(index, entry);
                break;
            default:
                if (_sessions.GetValueOrDefault(entry.SessionId) is { } ended)
                {
                    _trial.Close(ended);
                }
                break;
        }
    }

    private void Open(PolicyTrial trial, long index, Entry entry)
    {
        Counts.Sessions++;
        TrialSession? session = null;
        string? refusal;
        if (!GrantCodec.TryParse(entry.Grant, out var grant, out var fault) || grant is null)
        {
            refusal = $"the grant in the log cannot be read: {fault}";
        }
        else
        {
            refusal = TryOpen(trial, entry, grant, out session);
        }
        _sessions[entry.SessionId] = session;
        if (refusal is not null)
        {
            Counts.SessionsRefused++;
            Find(index, entry, "opened", refusal);
        }
    }

    private string? TryOpen(PolicyTrial trial, Entry entry, ParsedGrant grant, out TrialSession? session)
    {
        var statement = grant.Signed.Grant;
        var command = new OpenSessionCommand(
            _policy.Name,
            entry.PrimaryKey,
            statement.Account.ToString(),
            statement.Audience,
            Math.Max(1, statement.NotAfter - (entry.TimeMs / 1_000)),
            grant.Scope.Narrowing is { } narrowing ? Encoding.UTF8.GetBytes(narrowing.ToCanonicalJson()) : default,
            ""
        );
        session = null;
        try
        {
            var signer = Address.FromPublicKey(statement.SessionKey.Compressed.Span);
            return trial.Open(new Principal(entry.Principal), command, out session, signer) is { } denial
                ? Describe(ScopeDecision.Refuse(denial))
                : null;
        }
        catch (SignerException exception) when (exception.Code == ErrorCode.InvalidRequest)
        {
            return $"invalid {exception.Field}: {exception.Message}";
        }
    }

    private void Sign(long index, Entry entry)
    {
        Counts.Signatures++;
        if (_sessions.GetValueOrDefault(entry.SessionId) is not { } session)
        {
            Counts.InRefusedSessions++;
            return;
        }
        var known = _payloads.Find(entry.PayloadDigest.Span, out var kind, out var body);
        var unknown = new List<string>();
        var decision = known ? session.Decide(kind, body) : session.TakeDebits(ToDebits(entry), unknown);
        _ = known ? Counts.WithPayload++ : Counts.WithoutPayload++;
        Counts.UnknownDebits += unknown.Count;
        if (!decision.IsAllowed)
        {
            Counts.SignaturesRefused++;
            Find(index, entry, known ? "signed" : "signed, payload not known", Describe(decision));
        }
    }

    private void Refuse(long index, Entry entry)
    {
        if (
            _sessions.GetValueOrDefault(entry.SessionId) is not { } session
            || !_payloads.Find(entry.PayloadDigest.Span, out var kind, out var body)
        )
        {
            Counts.RefusalsWithoutPayload++;
            return;
        }
        Counts.RefusalsWithPayload++;
        var decision = session.DecideScope(kind, body);
        if (decision.IsAllowed)
        {
            Find(index, entry, $"refused {entry.Reason} by {entry.Rule}", Describe(decision) + ", budgets and rates not asked");
        }
    }

    // The narrowing is replayed with the payload only: its budgets have nothing to do with the policy.
    private static IEnumerable<(string Budget, UInt256 Amount)> ToDebits(Entry entry)
    {
        const string Start = "ceiling.budgets[";
        foreach (var debit in entry.Debits.Where(debit => debit.Budget.StartsWith(Start, StringComparison.Ordinal)))
        {
            if (UInt256.TryParse(debit.Amount, out var amount))
            {
                yield return (debit.Budget[Start.Length..^1], amount);
            }
        }
    }

    private string Describe(in ScopeDecision decision) =>
        PolicyCaseRunner.Describe(
            decision,
            PolicyCaseRunner.WithName(_policy, decision.IsAllowed ? decision.AllowedBy! : decision.Denial.Rule)
        );

    private void Find(long index, Entry entry, string what, string decision)
    {
        if (_findings.Count < FindingsMax)
        {
            _findings.Add(new ReplayFinding(index, entry.SessionId, what, decision));
        }
    }
}
