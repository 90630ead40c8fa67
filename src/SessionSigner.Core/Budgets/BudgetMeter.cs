using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>What has been taken from one budget of one session. Not thread safe: the session's lock guards it.</summary>
internal sealed class BudgetMeter(string path, string unit, UInt256 limit)
{
    private readonly string _limitText = limit.ToString();

    /// <summary>Rule path with its side.</summary>
    public string Path { get; } = path;

    /// <summary>Unit of the amounts.</summary>
    public string Unit { get; } = unit;

    /// <summary>Taken by reservations; never above the limit.</summary>
    public UInt256 Reserved { get; private set; }

    /// <summary>
    /// Taken by signatures queued to the journal, in the order of the log. Below <see cref="Reserved"/> while a signature is under way,
    /// and for ever by what a failed one had reserved.
    /// </summary>
    public UInt256 Booked { get; private set; }

    /// <summary>What may still be reserved.</summary>
    public UInt256 Remaining => UInt256.TrySubtract(limit, Reserved, out var left) ? left : UInt256.Zero;

    /// <summary>Whether the amount fits; an overflowing sum does not.</summary>
    public bool Fits(UInt256 amount) => UInt256.TryAdd(Reserved, amount, out var sum) && sum <= limit;

    /// <summary>Takes an amount that fits.</summary>
    public void Reserve(UInt256 amount)
    {
        if (!UInt256.TryAdd(Reserved, amount, out var sum) || sum > limit)
        {
            throw new InvalidOperationException("A reservation was not checked.");
        }
        Reserved = sum;
    }

    /// <summary>Gives back a reservation of which nothing was signed and nothing queued.</summary>
    public void Release(UInt256 amount)
    {
        if (!UInt256.TrySubtract(Reserved, amount, out var rest) || rest < Booked)
        {
            throw new InvalidOperationException("More is given back than was reserved.");
        }
        Reserved = rest;
    }

    /// <summary>What <see cref="Booked"/> would be after booking a reserved amount.</summary>
    public UInt256 BookedAfter(UInt256 amount) =>
        UInt256.TryAdd(Booked, amount, out var sum) && sum <= Reserved
            ? sum
            : throw new InvalidOperationException("More is booked than was reserved.");

    /// <summary>Books a reserved amount.</summary>
    public void Book(UInt256 amount) => Booked = BookedAfter(amount);

    /// <summary>The refusal of an amount that does not fit.</summary>
    public Denial Refuse(UInt256 amount) =>
        new(DenialReason.BudgetExceeded, Path, amount.ToString(), _limitText) { Headroom = Remaining.ToString() };

    /// <summary>The headroom at a remaining amount.</summary>
    public Headroom Describe(UInt256 remaining) => new(Path, Unit, _limitText, remaining.ToString());
}
