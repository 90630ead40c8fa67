using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>The criteria of a permission in the order they are checked. A refusal that comes later is the more specific one. The zero value refuses.</summary>
internal enum Criterion
{
    None = 0,
    SignatureForm,
    Factory,
    Paymaster,
    NonceKey,
    AccessList,
    Authorizations,
    NativeValue,
    Gas,
    FeePerGas,
    PriorityFeePerGas,
    Container,
    CallCount,
    Decoding,
    Constraint,
    Meter,
    Met,
}

/// <summary>How far a payload came under one permission, and what stopped it; put into words only for the refusal that is reported.</summary>
/// <param name="Criterion">What stopped it, or <see cref="Criterion.Met"/>.</param>
/// <param name="Index">Which constraint or meter.</param>
/// <param name="Word">The value that did, if it is one word.</param>
/// <param name="Text">What did, if it is not one word.</param>
/// <param name="Unmet">The comparison that is not met, if one is not.</param>
internal readonly record struct Outcome(
    Criterion Criterion,
    int Index = 0,
    UInt256 Word = default,
    string? Text = null,
    CompiledComparison? Unmet = null
)
{
    public static Outcome Met => new(Criterion.Met);

    public bool IsMet => Criterion == Criterion.Met;

    public bool IsFurtherThan(in Outcome other) => Criterion > other.Criterion || (Criterion == other.Criterion && Index > other.Index);
}
