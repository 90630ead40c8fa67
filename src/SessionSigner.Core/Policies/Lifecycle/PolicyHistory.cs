using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Follows the policy entries of a log from the first roster on, verifying every approval again.</summary>
internal static class PolicyHistory
{
    /// <summary>Makes the ledger that the log tells of; empty if it tells of none.</summary>
    /// <exception cref="PolicyHistoryException">An entry does not follow from those before it, or a document in force cannot be read.</exception>
    public static PolicyLedger Read(IJournal journal, string origin)
    {
        var ledger = new PolicyLedger(origin);
        foreach (var (index, bytes) in journal.PolicyHistory)
        {
            if (!EntryCodec.TryDecode(bytes.Span, out var entry, out var fault))
            {
                throw new PolicyHistoryException($"Entry {index} of the log cannot be decoded. {fault}");
            }
            // A roster decides what follows; a policy only matters if it is still there at the end.
            var isRoster = entry is { DocumentKind: "roster", Kind: EntryKind.PolicyProposed or EntryKind.PolicyActivated };
            var document = isRoster ? Find(journal, PolicyDocumentKind.Roster, new Hash32(entry!.PolicyDigest.Span)) : null;
            if (ledger.FindFault(entry!, document) is { } wrong)
            {
                throw new PolicyHistoryException(
                    $"Entry {index} of the log does not follow from those before it: {wrong.Message} Keep the journal for the auditors and restore a backup."
                );
            }
            ledger.Apply(index, entry!, document);
        }
        FindPrincipals(ledger, journal);
        foreach (var version in ledger.All.Where(version => version.IsPending || version.State == PolicyState.Active))
        {
            version.Document ??= Find(journal, version.Kind, version.Digest);
            if (version.Document is null && version.State == PolicyState.Active)
            {
                throw new PolicyHistoryException(
                    $"Policy {version.Name} ({version.Digest}) is in force, but this version of the program cannot read it. Start the one before, retire the policy or activate another version, then upgrade."
                );
            }
        }
        return ledger;
    }

    // Of the newest version of each policy that has none in force: if it is over, its document is of no other use.
    private static void FindPrincipals(PolicyLedger ledger, IJournal journal)
    {
        var newest = ledger
            .All.Where(version => version.Kind == PolicyDocumentKind.Policy && ledger.FindActive(version.Name) is null)
            .GroupBy(version => version.Name, StringComparer.Ordinal)
            .Select(versions => versions.Last());
        foreach (var version in newest.Where(version => !version.IsPending))
        {
            version.Document = Find(journal, version.Kind, version.Digest);
            version.Document = null;
        }
    }

    private static PolicyDocument? Find(IJournal journal, PolicyDocumentKind kind, Hash32 digest) =>
        journal.FindDocument(digest) is { } json && PolicyDocument.Read(kind, json, out _) is { } document && document.Digest == digest
            ? document
            : null;
}
