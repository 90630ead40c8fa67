using SessionSigner.Audit;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What a change of policies does to log and sessions. Thread safe.</summary>
internal sealed class PolicyChanges(IJournal journal, SessionRegistry sessions)
{
    // It travels three times in the trailers, once in percent and twice in base64: all together below 8 KiB, which every peer takes.
    private const int FaultTextLengthMax = 1_024;

    /// <summary>Reads what is proposed.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.InvalidRequest"/> with every fault, as far as they fit.</exception>
    public static PolicyDocument Read(PolicyDocumentKind kind, ReadOnlyMemory<byte> document)
    {
        if (kind == PolicyDocumentKind.Unspecified)
        {
            throw Failures.Invalid("kind", "Must be given.");
        }
        if (document.Length is 0 or > StrictJson.SizeMax)
        {
            throw Failures.Invalid("document_json", "Must be 1 to 131072 bytes.");
        }
        return PolicyDocument.Read(kind, document, out var faults)
            ?? throw Failures.Invalid("document_json", AuditText.Clip(string.Join(' ', faults), FaultTextLengthMax));
    }

    /// <summary>The entry of a change, made now.</summary>
    public Entry Entry(EntryKind kind, Principal caller, PolicyDocumentKind document, string name, Hash32 digest, ApproverRoster? roster) =>
        new()
        {
            Kind = kind,
            TimeMs = sessions.NowMs,
            Principal = caller.Identity,
            Policy = name,
            PolicyDigest = digest.ToArray(),
            DocumentKind = document == PolicyDocumentKind.Roster ? "roster" : "policy",
            RosterDigest = roster?.Digest.ToArray(),
        };

    /// <summary>What is kept for ever is bounded for whoever asks for it.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.Overloaded"/>.</exception>
    public void TakeAllowance(Principal caller, int units) => sessions.Allowance.Take(caller, units);

    /// <summary>Makes a change durable.</summary>
    /// <returns>Index of its entry.</returns>
    public Task<long> AppendAsync(Entry entry, PolicyDocument? document) =>
        journal.Append(new JournalWrite(entry) { Document = document?.CanonicalUtf8 ?? default });

    /// <summary>Ends the sessions of the entry's policy, of which no version is in force at the moment, with the entry as the order.</summary>
    public async Task<(IReadOnlyList<string> Ended, long AuditIndex)> EndSessionsAsync(Entry entry)
    {
        var result = await sessions.EndPolicyAsync(new Principal(entry.Principal), entry.Policy, entry);
        return (result.SessionIds, result.AuditIndex);
    }

    /// <summary>The document of a version.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.JournalFailed"/>.</exception>
    public ReadOnlyMemory<byte> FindDocument(Hash32 digest) => journal.FindDocument(digest) ?? throw Failures.JournalFailed();
}
