using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A compiled permission of kind "typed_data".</summary>
internal sealed class TypedDataRule(string path, CompiledConstraint[] constraints, CompiledMeter[] meters)
    : PermissionRule(path, constraints, meters)
{
    /// <summary>Checks everything but domain and type, by which the rule was found. Debits are complete only if the outcome is met.</summary>
    public Outcome Check(TypedData data, DebitBuffer debits) =>
        CheckArguments(Arguments.OfValues(data.Message), UInt256.Zero, UInt256.Zero, debits);
}
