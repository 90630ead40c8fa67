namespace SessionSigner.Core;

/// <summary>A compiled constraint: a comparison or a choice. Immutable.</summary>
internal abstract class CompiledConstraint
{
    /// <summary>How often it looks at the elements of arrays; see <see cref="ElementBound"/>.</summary>
    public abstract int ElementLooks { get; }
}

/// <summary>A choice between lists of constraints.</summary>
internal sealed class CompiledChoice(CompiledConstraint[][] alternatives) : CompiledConstraint
{
    /// <summary>At least one; each has at least one constraint, all of which must hold.</summary>
    public CompiledConstraint[][] Alternatives { get; } = alternatives;

    /// <inheritdoc/>
    public override int ElementLooks { get; } = alternatives.Sum(alternative => alternative.Sum(constraint => constraint.ElementLooks));
}
