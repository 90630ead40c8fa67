using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>One line of a scope's allow-list. A closed hierarchy; what no permission names is refused.</summary>
public abstract record Permission
{
    private protected Permission() { }

    /// <summary>Name, unique in the scope.</summary>
    public required string Name { get; init; }

    /// <summary>What decoded arguments or fields must satisfy; all of them.</summary>
    public required IReadOnlyList<Constraint> Constraints { get; init; }

    /// <summary>What is counted into which budget.</summary>
    public required IReadOnlyList<Meter> Meters { get; init; }
}

/// <summary>Allows transactions that call one function of listed contracts, or send native value to listed accounts.</summary>
public sealed record CallPermission : Permission
{
    /// <summary>The chain; null for every chain of the scope.</summary>
    public UInt256? Chain { get; init; }

    /// <summary>Contracts that may be called, at least one.</summary>
    public required IReadOnlyList<Address> Targets { get; init; }

    /// <summary>ABI signature with parameter names, for example "transfer(address to, uint256 amount)"; empty for a plain transfer without calldata.</summary>
    public required string Function { get; init; }

    /// <summary>Most native value in wei; zero unless stated.</summary>
    public UInt256 MaxNativeValue { get; init; }

    /// <summary>Highest gas limit; null for no cap.</summary>
    public UInt256? MaxGas { get; init; }

    /// <summary>Highest fee per gas in wei (the gas price of transactions of types 0 and 1); null for no cap.</summary>
    public UInt256? MaxFeePerGas { get; init; }

    /// <summary>Highest priority fee per gas in wei (the gas price of transactions of types 0 and 1); null for no cap.</summary>
    public UInt256? MaxPriorityFeePerGas { get; init; }

    /// <summary>Whether the transaction may carry an EIP-2930 access list.</summary>
    public bool AllowAccessList { get; init; }

    /// <summary>How the function carries other calls, each of which must itself be allowed; none if what it carries is not looked into.</summary>
    public CallContainerKind Unwrap { get; init; }

    /// <summary>EIP-7702 authorizations that the transaction may carry, by contract and chain; none unless stated.</summary>
    public IReadOnlyList<AuthorizationRule> Authorizations { get; init; } = [];

    /// <summary>Most authorizations in one transaction.</summary>
    public int MaxAuthorizations { get; init; } = 1;
}

/// <summary>Names EIP-7702 authorizations that a transaction may carry.</summary>
/// <param name="Delegate">The contract whose code they give to an account; the zero address takes an account's code away.</param>
/// <param name="Chain">The chain they are for: 0 for those that are valid on every chain, null for the transaction's own.</param>
public sealed record AuthorizationRule(Address Delegate, UInt256? Chain);

/// <summary>Functions that carry other calls, by how they carry them.</summary>
public enum CallContainerKind
{
    /// <summary>Carries none, or they are not looked into.</summary>
    None = 0,

    /// <summary>multicall: calls to the contract itself.</summary>
    Multicall = 1,

    /// <summary>ERC-7579 execute, single or batch.</summary>
    Erc7579 = 2,

    /// <summary>execute and executeBatch of ERC-4337 accounts.</summary>
    Account = 3,

    /// <summary>execTransaction of a Safe.</summary>
    Safe = 4,

    /// <summary>multiSend of a Safe's MultiSendCallOnly.</summary>
    MultiSend = 5,
}

/// <summary>Allows EIP-712 messages of one type in one domain.</summary>
public sealed record TypedDataPermission : Permission
{
    /// <summary>The domain, exactly: members not stated must be absent.</summary>
    public required TypedDataDomainRule Domain { get; init; }

    /// <summary>Name of the primary type.</summary>
    public required string PrimaryType { get; init; }

    /// <summary>Full EIP-712 encodeType of the primary type.</summary>
    public required string Type { get; init; }
}

/// <summary>An EIP-712 domain, exactly; null members must be absent.</summary>
public sealed record TypedDataDomainRule
{
    /// <summary>name.</summary>
    public string? Name { get; init; }

    /// <summary>version.</summary>
    public string? Version { get; init; }

    /// <summary>chainId.</summary>
    public UInt256? ChainId { get; init; }

    /// <summary>verifyingContract.</summary>
    public Address? VerifyingContract { get; init; }

    /// <summary>salt.</summary>
    public Hash32? Salt { get; init; }
}

/// <summary>How a constraint compares. The zero value is no comparison and never met.</summary>
public enum ConstraintOperator
{
    /// <summary>Not stated.</summary>
    Unspecified = 0,

    /// <summary>Equal.</summary>
    Equal = 1,

    /// <summary>Not equal.</summary>
    NotEqual = 2,

    /// <summary>Less than.</summary>
    LessThan = 3,

    /// <summary>Less than or equal.</summary>
    LessThanOrEqual = 4,

    /// <summary>Greater than.</summary>
    GreaterThan = 5,

    /// <summary>Greater than or equal.</summary>
    GreaterThanOrEqual = 6,

    /// <summary>One of.</summary>
    In = 7,

    /// <summary>None of.</summary>
    NotIn = 8,

    /// <summary>From a minimum to a maximum, both included.</summary>
    Between = 9,
}

/// <summary>Which of the values that a path with [*] names must satisfy a comparison.</summary>
public enum Quantifier
{
    /// <summary>Every one, and there must be at least one.</summary>
    All = 0,

    /// <summary>At least one.</summary>
    Any = 1,
}

/// <summary>A condition on arguments or fields. A closed hierarchy.</summary>
public abstract record Constraint
{
    private protected Constraint() { }
}

/// <summary>A condition on one argument or field.</summary>
/// <param name="Path">Which: names joined by dots, elements as [3], all elements as [*].</param>
/// <param name="Operator">How it compares.</param>
/// <param name="Operands">What it is compared with: one value; the list of in and not_in; minimum and maximum of between. Strings and booleans.</param>
/// <param name="Quantifier">Which of several values must satisfy it.</param>
/// <param name="OfLength">Whether the length is compared: elements of an array, bytes of a byte string or, in UTF-8, of a text.</param>
public sealed record Comparison(
    string Path,
    ConstraintOperator Operator,
    IReadOnlyList<JsonItem> Operands,
    Quantifier Quantifier,
    bool OfLength
) : Constraint;

/// <summary>A choice: at least one alternative must hold, and all of its constraints.</summary>
/// <param name="Alternatives">1 to 16 lists of 1 to 16 constraints.</param>
public sealed record AnyOf(IReadOnlyList<IReadOnlyList<Constraint>> Alternatives) : Constraint;

/// <summary>Counts an amount into a budget.</summary>
/// <param name="Budget">Name of the budget.</param>
/// <param name="Path">The argument or field that is the amount; null to count the native value or the gas.</param>
public sealed record Meter(string Budget, string? Path)
{
    /// <summary>Whether the most that the gas of a transaction or user operation may cost is counted, and not native value.</summary>
    public bool OfGasCost { get; init; }
}

/// <summary>At most so many signatures in any span of time of this length.</summary>
/// <param name="Max">Most signatures.</param>
/// <param name="WindowSeconds">Length of the span in seconds.</param>
public sealed record Rate(int Max, int WindowSeconds);
