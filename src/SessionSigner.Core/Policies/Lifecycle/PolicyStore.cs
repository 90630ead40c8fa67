using SessionSigner.Audit;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// The policies of this daemon and how they come into force: pinned by its configuration, or by approvals of a quorum, never both. Every change is durable
/// in the log before it is answered; what takes rights away takes effect before that. Thread safe.
/// </summary>
#pragma warning disable CA1001 // the semaphore holds nothing: its wait handle is never asked for
public sealed partial class PolicyStore
#pragma warning restore CA1001
{
    private readonly ActivePolicies _policies;
    private readonly Lock _gate = new();
    private readonly PolicyLedger? _ledger;
    private readonly PolicyChanges? _changes;

    // Held across the journal's write: one change after the other, each checked against what the one before has made.
    private readonly SemaphoreSlim _turn = new(1, 1);

    private PolicyStore(ActivePolicies policies, PolicyLedger? ledger, PolicyChanges? changes)
    {
        _policies = policies;
        _ledger = ledger;
        _changes = changes;
    }

    /// <summary>Whether policies come into force by approvals.</summary>
    public bool IsByApproval => _ledger is not null;

    /// <summary>The policies in force, by name.</summary>
    public IReadOnlyList<Policy> Active => _policies.Current.Policies;

    /// <summary>The roster in force, or null if the configuration pins the policies.</summary>
    public ApproverRoster? Roster
    {
        get
        {
            lock (_gate)
            {
                return _ledger?.Roster;
            }
        }
    }

    /// <summary>A store of the policies that the configuration pins.</summary>
    /// <exception cref="PolicyHistoryException">The log has a roster of approvers.</exception>
    public static PolicyStore OpenPinned(IJournal journal, ActivePolicies policies) =>
        journal.PolicyHistory.Count == 0
            ? new PolicyStore(policies, null, null)
            : throw new PolicyHistoryException(
                "The journal records a roster of approvers, so policies come into force by its approvals only: configure approvers again, not policies. To go back to pinned policies, begin a new journal."
            );

    /// <summary>A store of policies that a quorum approves. Follows the log from the first roster on and puts in force what it says.</summary>
    /// <param name="journal">The journal, opened and verified.</param>
    /// <param name="sessions">Where sessions end whose policy does; uses <paramref name="policies"/>.</param>
    /// <param name="policies">Receives the policies in force.</param>
    /// <param name="firstRoster">The roster that the configuration names; it must be the first one of the log, and becomes that of an empty one.</param>
    /// <param name="origin">Name of the log; an approval is for one daemon only.</param>
    /// <exception cref="PolicyHistoryException">Log and configuration do not go together.</exception>
    /// <exception cref="SignerException"><see cref="ErrorCode.JournalFailed"/>.</exception>
    public static async Task<PolicyStore> OpenByApprovalAsync(
        IJournal journal,
        SessionRegistry sessions,
        ActivePolicies policies,
        ApproverRoster firstRoster,
        string origin
    )
    {
        var ledger = PolicyHistory.Read(journal, origin);
        var first = ledger.All.Count > 0 ? ledger.All[0].Digest : (Hash32?)null;
        if (first is { } recorded && recorded != firstRoster.Digest)
        {
            throw new PolicyHistoryException(
                $"approvers in the configuration is roster {firstRoster.Digest}, but the journal began with {recorded}. The configuration names the first roster only: put that one back, and change the roster by a proposal that the approvers approve."
            );
        }
        var store = new PolicyStore(policies, ledger, new PolicyChanges(journal, sessions));
        if (first is null)
        {
            await store.BeginAsync(PolicyDocument.Of(firstRoster));
        }
        store.Publish(null);
        return store;
    }

    /// <summary>Proposes a version. Proposing a version that waits or is in force changes nothing.</summary>
    /// <param name="caller">The operator; its role has been checked.</param>
    /// <param name="kind">What the document is.</param>
    /// <param name="document">JSON in UTF-8, at most 131072 bytes.</param>
    /// <exception cref="SignerException">
    /// <see cref="ErrorCode.InvalidRequest"/> with every fault; <see cref="ErrorCode.PolicyState"/>: it was superseded or retired, or policies are pinned;
    /// <see cref="ErrorCode.Overloaded"/>; <see cref="ErrorCode.JournalFailed"/>.
    /// </exception>
    public async Task<(VersionChange Change, IReadOnlyList<string> Warnings)> ProposeAsync(
        Principal caller,
        PolicyDocumentKind kind,
        ReadOnlyMemory<byte> document
    )
    {
        var changes = RequireApprovals();
        var read = PolicyChanges.Read(kind, document);
        using var turn = await TakeTurnAsync();
        if (Find(read.Digest) is { } known)
        {
            return known.IsPending || known.State == PolicyState.Active
                ? (Unchanged(known), read.Warnings)
                : throw Failures.PolicyState(
                    "The version is over for good; propose it with another description, which is another version."
                );
        }
        var entry = changes.Entry(EntryKind.PolicyProposed, caller, read.Kind, read.Name, read.Digest, _ledger!.Roster);
        Check(entry, read);
        changes.TakeAllowance(caller, EntryAllowance.Proposal(document.Length));
        return (await CommitAsync(changes, entry, read), read.Warnings);
    }

    /// <summary>Counts an approver's signature for a version. A second one of the same approver changes nothing.</summary>
    /// <param name="caller">Who brings it; the role has been checked. The signature says who approves.</param>
    /// <param name="digest">The version.</param>
    /// <param name="signature">The armored signature, as <c>ssh-keygen -Y sign</c> writes it; at most 4096 characters.</param>
    /// <exception cref="SignerException">
    /// <see cref="ErrorCode.NotFound"/>; <see cref="ErrorCode.InvalidRequest"/>: the signature does not count, with the reason;
    /// <see cref="ErrorCode.PolicyState"/>: the version needs no approval; <see cref="ErrorCode.JournalFailed"/>.
    /// </exception>
    public async Task<VersionChange> ApproveAsync(Principal caller, Hash32 digest, string signature)
    {
        var changes = RequireApprovals();
        if (!OpenSshSignature.TryParse(signature, out var parsed, out var fault))
        {
            throw Failures.Invalid("signature", fault);
        }
        using var turn = await TakeTurnAsync();
        var version = Require(digest);
        var roster = _ledger!.Roster!;
        if (
            version.IsPending
            && PolicyLedger.FindApprover(roster, parsed.Key.Fingerprint) is { } approver
            && version.HasApproved(approver.Name)
        )
        {
            return Unchanged(version);
        }
        var entry = changes.Entry(EntryKind.PolicyApproved, caller, version.Kind, version.Name, digest, roster) with
        {
            ApproverKey = parsed.Key.Fingerprint,
            Approval = System.Text.Encoding.ASCII.GetBytes(signature),
        };
        Check(entry, null);
        changes.TakeAllowance(caller, EntryAllowance.Opening(signature.Length));
        return await CommitAsync(changes, entry, null);
    }

    /// <summary>
    /// Puts an approved version in force once its time lock has passed. The version before is superseded: its sessions are ended first. Activating the
    /// version in force changes nothing.
    /// </summary>
    /// <exception cref="SignerException">
    /// <see cref="ErrorCode.NotFound"/>; <see cref="ErrorCode.PolicyState"/> with what is missing and from when on it may be activated;
    /// <see cref="ErrorCode.JournalFailed"/>.
    /// </exception>
    public async Task<VersionChange> ActivateAsync(Principal caller, Hash32 digest)
    {
        var changes = RequireApprovals();
        using var turn = await TakeTurnAsync();
        var version = Require(digest);
        if (version.State == PolicyState.Active)
        {
            return Unchanged(version);
        }
        var entry = changes.Entry(EntryKind.PolicyActivated, caller, version.Kind, version.Name, digest, _ledger!.Roster);
        Check(entry, null);
        if (version.Document is null)
        {
            throw Failures.PolicyState("This version of the program cannot read the document; retire it and propose it anew.");
        }
        return version.Kind == PolicyDocumentKind.Policy ? await ReplaceAsync(changes, entry) : await CommitAsync(changes, entry, null);
    }

    /// <summary>
    /// Withdraws a version for good. It only takes rights away, so it needs no approval: from here on no session opens under it, and those that are open
    /// end. Retiring a retired version changes nothing.
    /// </summary>
    /// <param name="caller">The operator; its role has been checked.</param>
    /// <param name="digest">The version: proposed, approved or in force.</param>
    /// <param name="reason">Why, for the log: 1 to 256 printable ASCII characters.</param>
    /// <exception cref="SignerException">
    /// <see cref="ErrorCode.NotFound"/>; <see cref="ErrorCode.InvalidRequest"/>; <see cref="ErrorCode.PolicyState"/>: superseded, or the roster in force;
    /// <see cref="ErrorCode.JournalFailed"/>: the keys are wiped and nothing opens until the daemon starts again, the log does not say so yet.
    /// </exception>
    public async Task<VersionChange> RetireAsync(Principal caller, Hash32 digest, string reason)
    {
        var changes = RequireApprovals();
        RequestFields.CheckText("reason", reason, 1, 256);
        using var turn = await TakeTurnAsync();
        var version = Require(digest);
        if (version.State == PolicyState.Retired)
        {
            return Unchanged(version);
        }
        var entry = changes.Entry(EntryKind.PolicyRetired, caller, version.Kind, version.Name, digest, _ledger!.Roster) with
        {
            Detail = reason,
        };
        Check(entry, null);
        return version.State == PolicyState.Active ? await ReplaceAsync(changes, entry) : await CommitAsync(changes, entry, null);
    }

    private PolicyChanges RequireApprovals() =>
        _changes
        ?? throw Failures.PolicyState("The configuration of this daemon pins its policies; there is nothing to propose or approve.");

    private LedgerVersion? Find(Hash32 digest)
    {
        lock (_gate)
        {
            return _ledger!.Find(digest);
        }
    }

    private LedgerVersion Require(Hash32 digest) =>
        Find(digest) ?? throw new SignerException(ErrorCode.NotFound, "No version with this digest was proposed.", "digest");

    private void Check(Entry entry, PolicyDocument? document)
    {
        if (_ledger!.FindFault(entry, document) is { } fault)
        {
            throw fault;
        }
    }

    private VersionChange Unchanged(LedgerVersion version)
    {
        lock (_gate)
        {
            return new VersionChange(version.ToView(_ledger!.Roster!), version.AuditIndex, []);
        }
    }

    private async Task<Turn> TakeTurnAsync()
    {
        await _turn.WaitAsync();
        return new Turn(_turn);
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
