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

    private readonly Dictionary<ReplacementSlot, SlotUse> _counted = [];
    private readonly Dictionary<UInt128, ReplacementSlot> _soleRequests = [];
    private readonly Queue<ReplacementSlot> _slots = new();

    /// <summary>What of an amount is more than the slot has counted into the bucket already.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="bucket">Where the amount would be counted, or null for a new bucket.</param>
    /// <param name="amount">The amount.</param>
    public UInt256 Less(ReplacementSlot slot, BudgetBucket? bucket, UInt256 amount)
    {
        if (bucket is null || !_counted.TryGetValue(slot, out var counted))
        {
            return amount;
        }
        foreach (var item in counted.Amounts)
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
    public void Add(ReplacementSlot slot, UInt128 request, Reservation booked)
    {
        if (_counted.TryGetValue(slot, out var use))
        {
            _soleRequests.Remove(use.Request);
        }
        else
        {
            if (_slots.Count == SlotsMax)
            {
                Remove(_slots.Dequeue());
            }
            _slots.Enqueue(slot);
            use = new SlotUse(request, new List<(BudgetBucket, UInt256)>(booked.Items.Length));
            _counted.Add(slot, use);
            _soleRequests[request] = slot;
        }
        use.Amounts.RemoveAll(item => item.Bucket.IsOver);
        foreach (var (_, bucket, amount) in booked.Items)
        {
            Add(use.Amounts, bucket, amount);
        }
    }

    /// <summary>Notes that another transaction of the slot has been reserved: it may count only what it has more, so the first one's amount must stay.</summary>
    public void Touch(ReplacementSlot? slot)
    {
        if (slot is { } known && _counted.TryGetValue(known, out var use))
        {
            _soleRequests.Remove(use.Request);
        }
    }

    /// <summary>Whether a request's transaction is remembered and nothing else was signed, or is being signed, in its slot.</summary>
    public bool IsSole(UInt128 request) => _soleRequests.ContainsKey(request);

    /// <summary>Forgets the slot of a sole transaction: it excuses nothing any more.</summary>
    public void Forget(UInt128 request)
    {
        if (_soleRequests.Remove(request, out var slot))
        {
            // Its place in the queue stays, so that the number of slots stays bounded; a later one of the same slot is forgotten with it.
            _counted.Remove(slot);
        }
    }

    private void Remove(ReplacementSlot slot)
    {
        if (_counted.Remove(slot, out var use))
        {
            _soleRequests.Remove(use.Request);
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

    private sealed record SlotUse(UInt128 Request, List<(BudgetBucket Bucket, UInt256 Counted)> Amounts);
}
