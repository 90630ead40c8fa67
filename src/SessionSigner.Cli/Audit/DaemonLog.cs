using SessionSigner.Audit;
using SessionSigner.Client;

namespace SessionSigner.Cli;

/// <summary>The log as a daemon serves it.</summary>
internal static class DaemonLog
{
    /// <summary>The daemon's checkpoint, as a value that is well formed.</summary>
    /// <exception cref="SignerVerificationException">It is not.</exception>
    public static async Task<LogCheckpoint> GetCheckpointAsync(SessionSignerClient client, CancellationToken cancellationToken)
    {
        var checkpoint = await client.GetCheckpointAsync(cancellationToken);
        return checkpoint.TreeSize <= long.MaxValue && checkpoint.RootHash.Length == MerkleTree.HashSize
            ? new LogCheckpoint(checkpoint.Origin, (long)checkpoint.TreeSize, checkpoint.RootHash.ToByteArray())
            : throw new SignerVerificationException("audit log", ["The daemon's checkpoint is malformed."]);
    }

    /// <summary>Hands every entry up to the checkpoint to <paramref name="take"/> and verifies them on the way.</summary>
    public static async Task<LogVerification> ReadAsync(
        SessionSignerClient client,
        LogCheckpoint checkpoint,
        Action<ReadOnlyMemory<byte>> take,
        ProgressLine progress,
        CancellationToken cancellationToken
    )
    {
        var verifier = new LogVerifier();
        await foreach (var entry in client.ReadEntriesAsync(0, (ulong)checkpoint.Size, cancellationToken))
        {
            verifier.Add((long)entry.Index, entry.Entry.Span);
            take(entry.Entry.Memory);
            progress.Update($"Reading and verifying… {verifier.Size} of {checkpoint.Size} entries");
        }

        return verifier.Complete(checkpoint.Size, checkpoint.Root.Span);
    }

    /// <summary>Faults as sentences that name their entry.</summary>
    public static IReadOnlyList<string> Describe(LogVerification verification) =>
        verification.Faults.Select(f => f.Index < verification.Size ? $"Entry {f.Index}: {f.Message}" : f.Message).ToList();
}
