using SessionSigner.Audit;
using SessionSigner.Core;

namespace SessionSigner.Storage;

/// <summary>What a journal that was verified goes on with.</summary>
/// <param name="Tree">The tree over its entries.</param>
/// <param name="Answers">Number of stored answers.</param>
/// <param name="Released">The entries that were released.</param>
/// <param name="Policies">The states of the versions of its policies.</param>
/// <param name="PolicyHistory">Its policy entries, in order.</param>
internal sealed record OpenedLog(
    MerkleTree Tree,
    long Answers,
    ReleasedEntries Released,
    PolicyLog Policies,
    IReadOnlyList<StoredEntry> PolicyHistory
);
