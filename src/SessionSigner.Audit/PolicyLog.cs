namespace SessionSigner.Audit;

/// <summary>
/// What the log says of the versions of policies and approver rosters: which were proposed, by whose keys they were approved, which are in force. It
/// knows the order that the entries must keep, not who may approve: signatures and thresholds are checked by whoever has the documents. Not thread safe.
/// SPEC: proto/spec/audit-log.md, "Policies"
/// </summary>
public sealed class PolicyLog
{
    private const string Roster = "roster";

    private readonly Dictionary<string, Version> _versions = new(StringComparer.Ordinal);

    // By the policy's name; the roster's is empty, which no policy's is.
    private readonly Dictionary<string, Version> _active = new(StringComparer.Ordinal);

    // Those that wait, so that no entry goes through all there ever were.
    private readonly HashSet<Version> _pending = [];

    private enum State
    {
        Pending,
        Active,
        Over,
    }

    /// <summary>Whether policies come into force by approvals: from the first roster on.</summary>
    public bool HasRoster => _active.ContainsKey("");

    /// <summary>What is wrong with an entry at this point of the log, as constant text, or null. Changes nothing.</summary>
    public string? FindFault(Entry entry) =>
        entry.Kind switch
        {
            EntryKind.PolicyProposed or EntryKind.PolicyApproved or EntryKind.PolicyActivated or EntryKind.PolicyRetired => FindForm(entry)
                ?? FindOrder(entry),
            EntryKind.SessionOpened or EntryKind.Signed when HasRoster => IsActive(entry)
                ? null
                : "The policy's version is not in force at this point of the log.",
            _ => null,
        };

    /// <summary>Takes the next entry, in which <see cref="FindFault"/> finds nothing wrong.</summary>
    public void Apply(Entry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.PolicyProposed:
                Add(entry);
                break;
            case EntryKind.PolicyApproved:
                Find(entry)!.Approvers.Add(entry.ApproverKey);
                break;
            case EntryKind.PolicyActivated:
                Activate(Find(entry) ?? Add(entry));
                break;
            case EntryKind.PolicyRetired:
                Retire(Find(entry)!);
                break;
            default:
                break;
        }
    }

    private static string? FindForm(Entry entry) =>
        entry.PolicyDigest.Length != EntryRules.DigestSize || entry.DocumentKind.Length == 0 ? "A policy entry names its document."
        : entry.DocumentKind == Roster != (entry.Policy.Length == 0) ? "A policy entry names its policy; one of a roster names none."
        : entry.Kind == EntryKind.PolicyApproved != (entry.ApproverKey.Length > 0 && entry.Approval.Length > 0)
            ? "An approval, and only that, has a key and a signature."
        : null;

    private string? FindOrder(Entry entry)
    {
        if (!_active.TryGetValue("", out var roster))
        {
            return entry.Kind != EntryKind.PolicyActivated || entry.DocumentKind != Roster ? "There is no roster at this point of the log."
                : entry.RosterDigest.Length > 0 ? "The first roster has none before it."
                : null;
        }
        if (!entry.RosterDigest.Span.SequenceEqual(roster.Digest))
        {
            return "The roster is not the one in force at this point of the log.";
        }
        var version = Find(entry);
        if (entry.Kind == EntryKind.PolicyProposed)
        {
            return version is null ? null : "The version has been proposed before.";
        }
        return version is null || version.Name != entry.Policy ? "The version was not proposed."
            : version.State == State.Over ? "The version is retired or superseded."
            : entry.Kind switch
            {
                EntryKind.PolicyApproved => version.State != State.Pending ? "The version is in force already."
                : version.Approvers.Contains(entry.ApproverKey) ? "The key has approved the version before."
                : null,
                EntryKind.PolicyActivated => version.State != State.Pending ? "The version is in force already."
                : version.Approvers.Count == 0 ? "Nobody has approved the version."
                : null,
                _ => version == roster ? "The roster in force cannot be retired." : null,
            };
    }

    private bool IsActive(Entry entry) =>
        entry.Policy.Length > 0
        && _active.TryGetValue(entry.Policy, out var version)
        && entry.PolicyDigest.Span.SequenceEqual(version.Digest);

    private Version Add(Entry entry)
    {
        var version = new Version(entry.Policy, entry.PolicyDigest.ToArray());
        _versions.Add(Convert.ToHexStringLower(version.Digest), version);
        _pending.Add(version);
        return version;
    }

    private void Activate(Version version)
    {
        if (_active.TryGetValue(version.Name, out var before))
        {
            before.State = State.Over;
        }
        version.State = State.Active;
        _pending.Remove(version);
        _active[version.Name] = version;
        ForgetApprovals(version.Name);
    }

    // An approval is under a roster and of what the version replaces; of anything else nobody has approved anything yet.
    private void ForgetApprovals(string name)
    {
        foreach (var version in _pending.Where(version => name.Length == 0 || version.Name == name))
        {
            version.Approvers.Clear();
        }
    }

    private void Retire(Version version)
    {
        if (version.State == State.Active)
        {
            _active.Remove(version.Name);
            ForgetApprovals(version.Name);
        }
        version.State = State.Over;
        _pending.Remove(version);
    }

    private Version? Find(Entry entry) => _versions.GetValueOrDefault(Convert.ToHexStringLower(entry.PolicyDigest.Span));

    private sealed class Version(string name, byte[] digest)
    {
        public string Name { get; } = name;

        public byte[] Digest { get; } = digest;

        public State State { get; set; }

        /// <summary>Fingerprints of the keys that approved, as things are now.</summary>
        public HashSet<string> Approvers { get; } = new(StringComparer.Ordinal);
    }
}
