using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// The place in a chain that one of several transactions of a session key, or of several user operations of a sender, can take: at most one of them
/// is ever executed.
/// </summary>
/// <param name="ChainId">The chain.</param>
/// <param name="EntryPoint">Who counts the nonce of a user operation; zero for a transaction.</param>
/// <param name="Sender">Whose nonce it is; zero for the session key's account.</param>
/// <param name="Nonce">The nonce, with its key.</param>
internal readonly record struct ReplacementSlot(UInt256 ChainId, Address EntryPoint, Address Sender, UInt256 Nonce)
{
    /// <summary>The slot of a payload, or null for one that replaces nothing.</summary>
    public static ReplacementSlot? Of(SigningPayload payload) =>
        payload switch
        {
            TransactionPayload { Transaction: { ChainId: { } chainId } transaction } => new ReplacementSlot(
                chainId,
                default,
                default,
                transaction.Nonce
            ),
            UserOperationPayload { Operation: var operation } => new ReplacementSlot(
                operation.ChainId,
                operation.EntryPoint,
                operation.Sender,
                operation.Nonce
            ),
            _ => null,
        };
}

/// <summary>
/// What the transactions and user operations of a session have counted into buckets, by slot, so that one that replaces another counts only what it has more. Knows the
/// last <see cref="SlotsMax"/> slots; the replacement of an older one counts in full. Not thread safe: the session's lock guards it.
/// </summary>
internal sealed class Replacements
{
    /// <summary>Most slots that are remembered.</summary>
    public const int SlotsMax = 256;

    private readonly Dictionary<ReplacementSlot, List<(BudgetBucket Bucket, UInt256 Counted)>> _counted = [];
    private readonly Queue<ReplacementSlot> _slots = new();

    /// <summary>What of an amount is more than the slot has counted into the bucket already.</summary>
    /// <param name="slot">The slot, or null for a payload that replaces nothing.</param>
    /// <param name="bucket">Where the amount would be counted, or null for a new bucket.</param>
    /// <param name="amount">The amount.</param>
    public UInt256 Less(ReplacementSlot? slot, BudgetBucket? bucket, UInt256 amount)
    {
        if (slot is not { } known || bucket is null || !_counted.TryGetValue(known, out var counted))
        {
            return amount;
        }
        foreach (var item in counted)
        {
            // Only in the same bucket: there it stops counting no earlier than the replacement would.
            if (ReferenceEquals(item.Bucket, bucket))
            {
                return UInt256.TrySubtract(amount, item.Counted, out var more) ? more : UInt256.Zero;
            }
        }
        return amount;
    }

    /// <summary>Remembers what was booked. What is only reserved may be given back and excuses nothing.</summary>
    public void Add(ReplacementSlot slot, Reservation booked)
    {
        if (booked.Items.IsEmpty)
        {
            return;
        }
        if (!_counted.TryGetValue(slot, out var counted))
        {
            if (_slots.Count == SlotsMax)
            {
                _counted.Remove(_slots.Dequeue());
            }
            _slots.Enqueue(slot);
            counted = new List<(BudgetBucket, UInt256)>(booked.Items.Length);
            _counted.Add(slot, counted);
        }
        counted.RemoveAll(item => item.Bucket.IsOver);
        foreach (var (_, bucket, amount) in booked.Items)
        {
            Add(counted, bucket, amount);
        }
    }

    private static void Add(List<(BudgetBucket Bucket, UInt256 Counted)> counted, BudgetBucket bucket, UInt256 amount)
    {
        for (var i = 0; i < counted.Count; i++)
        {
            if (ReferenceEquals(counted[i].Bucket, bucket))
            {
                // All of it is in the bucket's sum, which does not overflow.
                _ = UInt256.TryAdd(counted[i].Counted, amount, out var sum);
                counted[i] = (bucket, sum);
                return;
            }
        }
        counted.Add((bucket, amount));
    }
}
