using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>What the meters of a session say of debits. The zero value refuses.</summary>
internal readonly struct MeterDecision
{
    private readonly bool _isAllowed;
    private readonly IReadOnlyList<Denial>? _unmet;

    private MeterDecision(bool isAllowed, UInt256[] remaining, MeterTime at, IReadOnlyList<Denial> unmet)
    {
        (_isAllowed, RemainingOrNull, At, _unmet) = (isAllowed, remaining, at, unmet);
    }

    /// <summary>True only if every budget, rate and count has room.</summary>
    public bool IsAllowed => _isAllowed;

    /// <summary>What is left of every rule: after taking the debits if they are allowed, otherwise now; empty if it was not asked for.</summary>
    public UInt256[] Remaining => RemainingOrNull ?? [];

    /// <summary>When it was decided.</summary>
    public MeterTime At { get; }

    /// <summary>Everything that has no room, in the order in which it is checked. Empty if allowed; the zero value does not say.</summary>
    public IReadOnlyList<Denial> Unmet => _unmet ?? [];

    /// <summary>The refusal: the first that has no room.</summary>
    public Denial Denial => Unmet.Count > 0 ? Unmet[0] : Denial.NotStated;

    private UInt256[]? RemainingOrNull { get; }

    /// <summary>Allows.</summary>
    public static MeterDecision Allow(UInt256[] remaining, MeterTime at) => new(true, remaining, at, []);

    /// <summary>Refuses.</summary>
    public static MeterDecision Refuse(IReadOnlyList<Denial> unmet, UInt256[] remaining, MeterTime at) => new(false, remaining, at, unmet);
}
