using SessionSigner.Core;

namespace SessionSigner.Storage;

/// <summary>A write in the queue: what it changes, its entry's bytes and leaf hash (computed by the caller's thread), and its waiter.</summary>
internal sealed class PendingWrite(JournalWrite write, byte[] entry, byte[] leaf)
    // The writer thread must never run a waiter's code.
    : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public JournalWrite Write { get; } = write;

    public byte[] Entry { get; } = entry;

    public byte[] Leaf { get; } = leaf;

    /// <summary>Index it gets if its batch commits.</summary>
    public long Index { get; set; }

    /// <summary>Why it is not part of its batch, or null.</summary>
    public SignerException? Rejection { get; set; }
}
