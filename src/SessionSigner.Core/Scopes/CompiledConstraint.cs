namespace SessionSigner.Core;

/// <summary>A compiled constraint: a comparison or a choice. Immutable.</summary>
internal abstract class CompiledConstraint;

/// <summary>A choice between lists of constraints.</summary>
internal sealed class CompiledChoice(CompiledConstraint[][] alternatives) : CompiledConstraint
{
    /// <summary>At least one; each has at least one constraint, all of which must hold.</summary>
    public CompiledConstraint[][] Alternatives { get; } = alternatives;
}
