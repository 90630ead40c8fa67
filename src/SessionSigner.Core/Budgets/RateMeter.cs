using System.Globalization;

namespace SessionSigner.Core;

/// <summary>
/// How many signatures one sliding window has seen. A log of (moment, count), where moments are rounded up to a 1,000th of the window or
/// 1 ms: a signature counts from its moment until one window later, up to that rounding longer and never shorter, and the log has at most
/// about a thousand items however high the limit is. Not thread safe: the session's lock guards it.
/// </summary>
internal sealed class RateMeter
{
    private const int ItemsMax = 1_000;

    private readonly long _max;
    private readonly long _windowMs;
    private readonly long _granularityMs;
    private readonly (long AtMs, long Count)[] _log;
    private readonly string _maxText;
    private int _oldest;
    private int _items;
    private long _counted;

    public RateMeter(string path, long max, long windowSeconds)
    {
        Path = path;
        _max = max;
        _maxText = max.ToString(CultureInfo.InvariantCulture);
        _windowMs = windowSeconds * 1_000;
        _granularityMs = Math.Max(1, _windowMs / ItemsMax);
        // Moments in one window, the rounding at both ends, and the two parts of a granule.
        _log = new (long, long)[Math.Min(max, (_windowMs / _granularityMs) + 3)];
    }

    /// <summary>Rule path with its side.</summary>
    public string Path { get; }

    private ref (long AtMs, long Count) Newest => ref _log[(_oldest + _items - 1) % _log.Length];

    /// <summary>What may still be reserved at this moment.</summary>
    /// <param name="nowMs">Monotonic milliseconds, rounded down; never less than in an earlier call.</param>
    public long Remaining(long nowMs)
    {
        Forget(nowMs);
        return _max - _counted;
    }

    /// <summary>Counts one signature in a window that has room.</summary>
    public void Reserve(long nowMs)
    {
        if (Remaining(nowMs) <= 0)
        {
            throw new InvalidOperationException("A reservation was not checked.");
        }
        var atMs = RoundUp(nowMs);
        if (_items > 0 && (_items == _log.Length || Newest.AtMs >= atMs))
        {
            // A full log (items emptied by Release) moves its newest item later, which only lets it count longer.
            atMs = Math.Max(atMs, Newest.AtMs);
            Newest = (atMs, Newest.Count + 1);
        }
        else
        {
            _items++;
            Newest = (atMs, 1);
        }
        _counted++;
    }

    /// <summary>Gives back what <see cref="Reserve"/> counted at a moment; nothing if that moment can no longer be told apart.</summary>
    public void Release(long reservedAtMs)
    {
        var atMs = RoundUp(reservedAtMs);
        for (var i = 0; i < _items; i++)
        {
            ref var item = ref _log[(_oldest + i) % _log.Length];
            if (item.AtMs == atMs && item.Count > 0)
            {
                item.Count--;
                _counted--;
                // The newest moment goes if nothing is left of it, so that failures leave no gaps in the log.
                _items -= item.Count == 0 && i == _items - 1 ? 1 : 0;
                return;
            }
        }
    }

    /// <summary>The refusal of a window that has just been found full.</summary>
    public Denial Refuse(long nowMs) =>
        new(DenialReason.RateExceeded, Path, (_counted + 1).ToString(CultureInfo.InvariantCulture), _maxText)
        {
            Headroom = "0",
            RetryAfterMs = _log[_oldest].AtMs + _windowMs - nowMs,
        };

    /// <summary>The headroom at a remaining count.</summary>
    public Headroom Describe(long remaining) => new(Path, "signatures", _maxText, remaining.ToString(CultureInfo.InvariantCulture));

    // The clock was read rounded down: the signature is less than 1 ms later, so it counts from the next granule.
    private long RoundUp(long nowMs) => ((nowMs / _granularityMs) + 1) * _granularityMs;

    private void Forget(long nowMs)
    {
        while (_items > 0 && (_log[_oldest].Count == 0 || _log[_oldest].AtMs + _windowMs <= nowMs))
        {
            _counted -= _log[_oldest].Count;
            _oldest = (_oldest + 1) % _log.Length;
            _items--;
        }
    }
}
