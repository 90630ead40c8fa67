using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>What a scope says of a payload. The zero value refuses.</summary>
public readonly struct ScopeDecision
{
    private ScopeDecision(string? allowedBy, Denial? denial)
    {
        AllowedBy = allowedBy;
        Refusal = denial;
    }

    /// <summary>True only if a permission was found and everything it asks is met. Budgets, rates and counts are the meters' to check.</summary>
    public bool IsAllowed => AllowedBy is not null;

    /// <summary>Path of the permission that allows, for example "ceiling.permissions[2]"; null if refused.</summary>
    public string? AllowedBy { get; }

    /// <summary>The refusal; never null if refused.</summary>
    public Denial Denial => Refusal ?? Denial.NotStated;

    private Denial? Refusal { get; }

    /// <summary>Allows.</summary>
    public static ScopeDecision Allow(string permissionPath) => new(permissionPath, null);

    /// <summary>Refuses.</summary>
    public static ScopeDecision Refuse(Denial denial) => new(null, denial);
}
