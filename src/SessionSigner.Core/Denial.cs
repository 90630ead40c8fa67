namespace SessionSigner.Core;

#pragma warning disable CA1027 // The numbers are a wire format with gaps; they are not combined.
/// <summary>Why a request is refused. The numbers are the wire format (denial.proto). The zero value refuses.</summary>
public enum DenialReason
{
    /// <summary>Not stated; a refusal.</summary>
    Unspecified = 0,

    /// <summary>The payload could not be decoded, or not canonically.</summary>
    Undecodable = 1,

    /// <summary>Outside the time window.</summary>
    OutsideWindow = 2,

    /// <summary>The chain is not in the scope.</summary>
    ChainNotAllowed = 3,

    /// <summary>The transaction creates a contract.</summary>
    ContractCreation = 4,

    /// <summary>No permission names this contract.</summary>
    TargetNotAllowed = 5,

    /// <summary>No permission for this contract names this function.</summary>
    FunctionNotAllowed = 6,

    /// <summary>No permission names this EIP-712 domain.</summary>
    DomainNotAllowed = 7,

    /// <summary>No permission for this domain names this primary type with this type hash.</summary>
    TypeNotAllowed = 8,

    /// <summary>A constraint is not met.</summary>
    ConstraintUnmet = 9,

    /// <summary>Native value above the cap.</summary>
    NativeValueExceeded = 10,

    /// <summary>Gas or fee above the cap.</summary>
    FeeExceeded = 11,

    /// <summary>A budget would be exceeded.</summary>
    BudgetExceeded = 12,

    /// <summary>A rate window is full.</summary>
    RateExceeded = 13,

    /// <summary>No signatures left.</summary>
    MaxSignaturesReached = 14,

    /// <summary>A feature no permission can name.</summary>
    FeatureNotAllowed = 15,

    /// <summary>The session has ended.</summary>
    SessionEnded = 16,

    /// <summary>The policy does not allow this session to be opened.</summary>
    PolicyRefused = 17,

    /// <summary>As many orders are open as may be.</summary>
    OpenOrdersExceeded = 22,

    /// <summary>No permission allows this text.</summary>
    MessageNotAllowed = 18,

    /// <summary>No permission allows raw digests.</summary>
    DigestNotAllowed = 19,

    /// <summary>No permission names this EntryPoint and sender, or one that does refuses nonce key, factory or form of the signature.</summary>
    UserOperationNotAllowed = 20,

    /// <summary>Another paymaster than the permission names, or one where it names none.</summary>
    PaymasterNotAllowed = 21,

    /// <summary>No version of the policy is in force.</summary>
    PolicyNotActive = 23,
}
#pragma warning restore CA1027

/// <summary>A refusal with the rule that refused.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Rule">Path of the rule, for example "ceiling.permissions[0].constraints[1]". At most 256 characters.</param>
/// <param name="Observed">What the request had. At most 256 characters, printable ASCII.</param>
/// <param name="Limit">What the rule allows. At most 256 characters, printable ASCII.</param>
public sealed record Denial(DenialReason Reason, string Rule, string Observed, string Limit)
{
    /// <summary>A refusal that gives no reason: what a decision that was never made says.</summary>
    public static Denial NotStated { get; } = new(DenialReason.Unspecified, "", "", "");

    /// <summary>What is left of the budget or rate that refused, or empty.</summary>
    public string Headroom { get; init; } = "";

    /// <summary>Milliseconds after which the same request may be allowed, or 0.</summary>
    public long RetryAfterMs { get; init; }
}

/// <summary>What is left of one budget, rate or count.</summary>
/// <param name="Rule">The rule's path with its side, for example "ceiling.budgets[usdc]".</param>
/// <param name="Unit">The budget's unit, or "signatures".</param>
/// <param name="Limit">Decimal number.</param>
/// <param name="Remaining">Decimal number.</param>
public sealed record Headroom(string Rule, string Unit, string Limit, string Remaining);
