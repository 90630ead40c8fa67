namespace SessionSigner.Server;

/// <summary>What an identity may do. The zero value may do nothing.</summary>
[Flags]
internal enum Roles
{
    /// <summary>May ask for health and reflection only.</summary>
    None = 0,

    /// <summary>Opens sessions and signs in its own.</summary>
    Trader = 1,

    /// <summary>Revokes sessions; proposes, activates and retires policies.</summary>
    Operator = 2,

    /// <summary>Approves policies.</summary>
    Approver = 4,

    /// <summary>Reads everything, signs nothing.</summary>
    Auditor = 8,

    /// <summary>Releases what signatures of others took, where a policy names it.</summary>
    Settler = 16,
}
