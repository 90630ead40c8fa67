using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A compiled permission of kind "typed_data".</summary>
internal sealed class TypedDataRule(string path, CompiledConstraint[] constraints, CompiledMeter[] meters)
    : PermissionRule(path, constraints, meters)
{
    /// <summary>Checks everything but domain and type, by which the rule was found. Debits are complete only if the outcome is met.</summary>
    public Outcome Check(TypedData data, DebitBuffer debits) =>
        data.Message is AbiValue.Tuple fields
            ? CheckArguments(Arguments.OfValues(fields), UInt256.Zero, debits)
            : new Outcome(Criterion.Decoding, Text: "a message that is not a struct");

    /// <inheritdoc/>
    public override Denial Explain(in Outcome outcome) =>
        outcome.Criterion == Criterion.Decoding
            ? new Denial(DenialReason.Undecodable, Path + ".type", outcome.Text ?? "", "a struct")
            : base.Explain(outcome);
}
