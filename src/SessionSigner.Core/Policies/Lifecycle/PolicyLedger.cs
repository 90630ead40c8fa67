using System.Globalization;
using System.Text;
using SessionSigner.Audit;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// The versions of policies and of the roster, as their entries in the log make them: what is checked before an entry is written is checked again, by the
/// same code, whenever the log is read. Not thread safe.
/// </summary>
/// <param name="origin">Name of the log; an approval is for one daemon only.</param>
internal sealed class PolicyLedger(string origin)
{
    /// <summary>Most versions that wait for approval or activation.</summary>
    public const int PendingMax = 64;

    private readonly Dictionary<Hash32, LedgerVersion> _versions = [];

    // By the policy's name; the roster's is empty, which no policy's is.
    private readonly Dictionary<string, LedgerVersion> _active = new(StringComparer.Ordinal);

    // In the order of their proposals.
    private readonly List<LedgerVersion> _all = [];

    // Those of them that wait, so that no change goes through all there ever were.
    private readonly List<LedgerVersion> _pending = [];

    /// <summary>The roster in force; null before the first one.</summary>
    public ApproverRoster? Roster { get; private set; }

    /// <summary>Every version, in the order of their proposals.</summary>
    public IReadOnlyList<LedgerVersion> All => _all;

    /// <summary>The versions in force, the roster's included.</summary>
    public IEnumerable<LedgerVersion> Active => _active.Values;

    public LedgerVersion? Find(Hash32 digest) => _versions.GetValueOrDefault(digest);

    public LedgerVersion? FindActive(string name) => _active.GetValueOrDefault(name);

    /// <summary>What an approver of the roster in force signs for a version that waits.</summary>
    public ApprovalStatement StatementOf(LedgerVersion version) =>
        version.Kind == PolicyDocumentKind.Roster
            ? ApprovalStatement.ChangeRoster(version.Digest, Roster!.Digest, origin, version.ExpiresSeconds)
            : ApprovalStatement.Activate(
                version.Name,
                version.Digest,
                FindActive(version.Name)?.Digest,
                Roster!.Digest,
                origin,
                version.ExpiresSeconds
            );

    /// <summary>Why an entry may not be the next one, or null. Changes nothing.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="document">What the entry proposes, if it does; null for a policy when the log is read.</param>
    public SignerException? FindFault(Entry entry, PolicyDocument? document)
    {
        if (Roster is not { } roster)
        {
            return entry is { Kind: EntryKind.PolicyActivated, RosterDigest.Length: 0 } && document?.Roster is not null
                ? null
                : Failures.PolicyState("There is no roster of approvers.");
        }
        if (!entry.RosterDigest.Span.SequenceEqual(roster.Digest.ToArray()))
        {
            return Failures.PolicyState("The roster of approvers has changed.");
        }
        var version = Find(new Hash32(entry.PolicyDigest.Span));
        if (entry.Kind == EntryKind.PolicyProposed)
        {
            return FindProposalFault(version);
        }
        if (version is null)
        {
            return new SignerException(ErrorCode.NotFound, "No version with this digest was proposed.", "digest");
        }
        return entry.Kind switch
        {
            EntryKind.PolicyApproved => FindApprovalFault(roster, version, entry),
            EntryKind.PolicyActivated => FindActivationFault(roster, version, entry.TimeMs),
            EntryKind.PolicyRetired => FindRetirementFault(version),
            _ => Failures.PolicyState("The entry is none of a policy."),
        };
    }

    /// <summary>Applies an entry in which <see cref="FindFault"/> finds nothing wrong.</summary>
    public void Apply(long index, Entry entry, PolicyDocument? document)
    {
        switch (entry.Kind)
        {
            case EntryKind.PolicyProposed:
                var proposed = Add(entry, document);
                proposed.Begin(Roster!, index);
                _pending.Add(proposed);
                break;
            case EntryKind.PolicyApproved:
                var approver = FindApprover(Roster!, entry.ApproverKey)!.Name;
                var approval = new PolicyApproval(approver, entry.ApproverKey, entry.Principal, entry.TimeMs, index);
                Find(entry).Approve(Roster!, approval, SignatureOf(entry));
                break;
            case EntryKind.PolicyActivated:
                Activate(Roster is null ? Add(entry, document) : Find(entry), index, entry);
                break;
            case EntryKind.PolicyRetired:
                var retired = Find(entry);
                if (retired.State == PolicyState.Active)
                {
                    _active.Remove(retired.Name);
                    BeginAgain(version => version.Name == retired.Name);
                }
                _pending.Remove(retired);
                retired.End(PolicyState.Retired, entry.TimeMs, entry.Principal, entry.Detail, index);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(entry));
        }
    }

    /// <summary>The approver whose key it is, or null.</summary>
    public static Approver? FindApprover(ApproverRoster roster, string fingerprint) =>
        roster.Approvers.FirstOrDefault(approver => approver.Key.Fingerprint == fingerprint);

    private SignerException? FindProposalFault(LedgerVersion? known) =>
        known is not null ? Failures.PolicyState("The version has been proposed before.")
        : _pending.Count >= PendingMax
            ? new SignerException(ErrorCode.Overloaded, "Too many versions wait for approval; retire those that are not wanted.")
        : null;

    private SignerException? FindApprovalFault(ApproverRoster roster, LedgerVersion version, Entry entry)
    {
        if (version.State != PolicyState.Proposed)
        {
            return Failures.PolicyState(
                version.State == PolicyState.Approved
                    ? "The version has the approvals it needs."
                    : $"The version is {Word(version.State)}; only a proposed one is approved."
            );
        }
        var decision = Quorum.Check(StatementOf(version), roster, [SignatureOf(entry)], entry.TimeMs / 1_000);
        if (decision.Faults.Count > 0)
        {
            return Expired();
        }
        if (decision.Signed is not [{ Approver: var approver }])
        {
            var refused = decision.Refused.Select(signature => signature.Fault);
            return Failures.Invalid("signature", AuditText.Clip(string.Join(' ', refused.DefaultIfEmpty("It does not count."))));
        }
        return approver.Key.Fingerprint != entry.ApproverKey ? Failures.Invalid("signature", "The key is not the one named.")
            : version.HasApproved(approver.Name) ? Failures.PolicyState("The approver has approved the version before.")
            : null;
    }

    private SignerException? FindActivationFault(ApproverRoster roster, LedgerVersion version, long nowMs) =>
        version.State switch
        {
            PolicyState.Proposed => Failures.PolicyState(
                $"The version has {version.Signatures.Count} of {version.Threshold} approvals; {version.Threshold - version.Signatures.Count} more must approve it."
            ),
            PolicyState.Approved when nowMs / 1_000 >= version.ExpiresSeconds => Expired(),
            PolicyState.Approved when nowMs < version.EffectiveAtMs => Failures.PolicyState(
                $"The time lock has not passed; the version may be activated from {Time(version.EffectiveAtMs)} on."
            ),
            // The signatures once more, all together: they alone put a version in force.
            PolicyState.Approved => Quorum.Check(StatementOf(version), roster, version.Signatures, nowMs / 1_000).IsReached
                ? null
                : Failures.PolicyState("The version has not the approvals it needs."),
            _ => Failures.PolicyState($"The version is {Word(version.State)}; only an approved one is activated."),
        };

    private static SignerException? FindRetirementFault(LedgerVersion version) =>
        version switch
        {
            { Kind: PolicyDocumentKind.Roster, State: PolicyState.Active } => Failures.PolicyState(
                "The roster in force cannot be retired; another one can take its place."
            ),
            { IsPending: false, State: not PolicyState.Active } => Failures.PolicyState($"The version is {Word(version.State)} already."),
            _ => null,
        };

    private LedgerVersion Add(Entry entry, PolicyDocument? document)
    {
        var kind = entry.DocumentKind == "roster" ? PolicyDocumentKind.Roster : PolicyDocumentKind.Policy;
        var version = new LedgerVersion(kind, entry.Policy, new Hash32(entry.PolicyDigest.Span))
        {
            Document = document,
            ProposedBy = entry.Principal,
            ProposedAtMs = entry.TimeMs,
        };
        _versions.Add(version.Digest, version);
        _all.Add(version);
        return version;
    }

    private void Activate(LedgerVersion version, long index, Entry entry)
    {
        if (_active.TryGetValue(version.Name, out var before))
        {
            before.End(PolicyState.Superseded, entry.TimeMs, entry.Principal, "", index);
        }
        _pending.Remove(version);
        version.Activate(entry.TimeMs, index);
        _active[version.Name] = version;
        if (version.Document?.Roster is { } roster)
        {
            Roster = roster;
            BeginAgain(_ => true);
        }
        else
        {
            BeginAgain(other => other.Name == version.Name);
        }
    }

    // What was approved was to replace what was in force then, by the quorum of then.
    private void BeginAgain(Func<LedgerVersion, bool> isConcerned)
    {
        foreach (var pending in _pending.Where(isConcerned))
        {
            pending.Begin(Roster!, 0);
        }
    }

    private static SignerException Expired() =>
        Failures.PolicyState("The proposal is too old to be approved or activated; retire it and propose it with another description.");

    private static string SignatureOf(Entry entry) => Encoding.ASCII.GetString(entry.Approval.Span);

    private LedgerVersion Find(Entry entry) => _versions[new Hash32(entry.PolicyDigest.Span)];

    private static string Word(PolicyState state) => state.ToString().ToLowerInvariant();

    private static string Time(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
