using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Whether a permission's constraints bound an argument.</summary>
internal static class ArgumentBounds
{
    /// <summary>Whether only listed values are allowed.</summary>
    /// <param name="permission">The permission.</param>
    /// <param name="paths">The texts by which the argument may be named.</param>
    public static bool IsPinned(Permission permission, string[] paths) =>
        Holds(permission.Constraints, paths, comparison => comparison.Operator is ConstraintOperator.Equal or ConstraintOperator.In);

    /// <summary>Whether an amount has an upper bound below what its type holds at most.</summary>
    /// <param name="permission">The permission.</param>
    /// <param name="paths">The texts by which the argument may be named.</param>
    public static bool IsCapped(Permission permission, string[] paths) => Holds(permission.Constraints, paths, IsUpperBound);

    // A choice bounds only what each of its alternatives bounds; a comparison of lengths, or for any element, bounds no value.
    private static bool Holds(IReadOnlyList<Constraint> constraints, string[] paths, Func<Comparison, bool> isBound) =>
        constraints.Any(constraint =>
            constraint switch
            {
                Comparison { Quantifier: Quantifier.All, OfLength: false } comparison => paths.Contains(comparison.Path)
                    && isBound(comparison),
                AnyOf choice => choice.Alternatives.All(alternative => Holds(alternative, paths, isBound)),
                _ => false,
            }
        );

    private static bool IsUpperBound(Comparison constraint)
    {
        var bound = constraint.Operator switch
        {
            ConstraintOperator.Equal or ConstraintOperator.LessThan or ConstraintOperator.LessThanOrEqual => constraint.Operands[0],
            ConstraintOperator.Between => constraint.Operands[1],
            ConstraintOperator.In => null,
            _ => JsonItem.Null.Value,
        };
        // "Unlimited" is written as the largest number of 256, 160 or 128 bits; any bound in the upper half of those is none.
        return bound is null
            || (bound is JsonItem.Text { Value: var text } && UInt256.TryParse(text, out var value) && value.BitLength < 128);
    }
}
