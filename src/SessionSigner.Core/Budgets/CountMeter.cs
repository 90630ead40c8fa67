using System.Globalization;

namespace SessionSigner.Core;

/// <summary>How many signatures a session may make in all, or have open at a time. Not thread safe: the session's lock guards it.</summary>
internal sealed class CountMeter(string path, long max, DenialReason reason = DenialReason.MaxSignaturesReached, string unit = "signatures")
{
    private readonly string _maxText = max.ToString(CultureInfo.InvariantCulture);
    private long _reserved;

    /// <summary>What may still be reserved.</summary>
    public long Remaining => max - _reserved;

    /// <summary>Counts one signature that fits.</summary>
    public void Reserve()
    {
        if (Remaining <= 0)
        {
            throw new InvalidOperationException("A reservation was not checked.");
        }
        _reserved++;
    }

    /// <summary>Gives one back.</summary>
    public void Release()
    {
        if (_reserved == 0)
        {
            throw new InvalidOperationException("More is given back than was reserved.");
        }
        _reserved--;
    }

    /// <summary>Gives one back if there is one: after the end of a session nothing is counted any more.</summary>
    public void TryRelease() => _reserved -= _reserved > 0 ? 1 : 0;

    /// <summary>The refusal when none is left.</summary>
    public Denial Refuse() => new(reason, path, (_reserved + 1).ToString(CultureInfo.InvariantCulture), _maxText) { Headroom = "0" };

    /// <summary>The headroom at a remaining count.</summary>
    public Headroom Describe(long remaining) => new(path, unit, _maxText, remaining.ToString(CultureInfo.InvariantCulture));
}
