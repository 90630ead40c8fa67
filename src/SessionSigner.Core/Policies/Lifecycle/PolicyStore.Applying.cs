using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Shows the versions, and makes changes durable and then effective.</summary>
#pragma warning disable CA1001 // as in the other part
public sealed partial class PolicyStore
#pragma warning restore CA1001
{
    /// <summary>The versions, newest first; of those that are over at most 500.</summary>
    public IReadOnlyList<PolicyVersion> List(bool includeEnded)
    {
        const int endedMax = 500;
        lock (_gate)
        {
            if (_ledger is null)
            {
                return [];
            }
            var ended = 0;
            return
            [
                .. _ledger
                    .All.Reverse()
                    .Where(version => version.IsPending || version.State == PolicyState.Active || (includeEnded && ++ended <= endedMax))
                    .Select(version => version.ToView(_ledger.Roster!)),
            ];
        }
    }

    /// <summary>Shows a version with its document and the statement to sign.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.NotFound"/>; <see cref="ErrorCode.PolicyState"/>: policies are pinned.</exception>
    public PolicyDetails Get(Hash32 digest)
    {
        var changes = RequireApprovals();
        PolicyVersion view;
        string statement;
        lock (_gate)
        {
            var version = Require(digest);
            view = version.ToView(_ledger!.Roster!);
            statement = version.IsPending ? _ledger.StatementOf(version).Text : "";
        }
        var json = changes.FindDocument(digest);
        return new PolicyDetails(view, json, statement, PolicyDocument.Read(view.Kind, json, out _)?.Warnings ?? []);
    }

    private async Task BeginAsync(PolicyDocument roster)
    {
        var entry = _changes!.Entry(EntryKind.PolicyActivated, new Principal(""), roster.Kind, "", roster.Digest, null) with
        {
            Detail = "first roster, from the configuration",
        };
        Check(entry, roster);
        Apply(await _changes.AppendAsync(entry, roster), entry, roster);
    }

    private async Task<VersionChange> CommitAsync(PolicyChanges changes, Entry entry, PolicyDocument? document) =>
        Apply(await changes.AppendAsync(entry, document), entry, document);

    // A version goes out of force before the log says so, and the next one comes into force after that.
    private async Task<VersionChange> ReplaceAsync(PolicyChanges changes, Entry entry)
    {
        Publish(entry.Policy);
        var (ended, index) = await changes.EndSessionsAsync(entry);
        return Apply(index, entry, null) with { EndedSessions = ended };
    }

    private VersionChange Apply(long index, Entry entry, PolicyDocument? document)
    {
        lock (_gate)
        {
            _ledger!.Apply(index, entry, document);
        }
        Publish(null);
        return Unchanged(Require(new Hash32(entry.PolicyDigest.Span))) with { AuditIndex = index };
    }

    // Puts in force what the ledger says, but for one name.
    private void Publish(string? without)
    {
        lock (_gate)
        {
            var active = _ledger!
                .Active.Select(version => version.Document?.Policy)
                .OfType<Policy>()
                .Where(policy => policy.Name != without);
            var set = new PolicySet(active);
            var inactive = new Dictionary<string, InactivePolicy>(StringComparer.Ordinal);
            foreach (var version in _ledger.All.Where(version => version.Name.Length > 0 && !set.TryGet(version.Name, out _)))
            {
                inactive[version.Name] = new InactivePolicy(version.State, version.Principals);
            }
            _policies.Replace(set, inactive);
        }
    }
}
