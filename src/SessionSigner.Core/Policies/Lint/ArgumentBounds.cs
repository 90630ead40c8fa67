using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Whether a permission's constraints bound an argument.</summary>
internal static class ArgumentBounds
{
    // "Unlimited" is written as the largest number of 256, 160 or 128 bits; any bound in the upper half of those is none.
    private const int AmountBits = 127;

    /// <summary>Whether only listed values are allowed.</summary>
    /// <param name="permission">The permission.</param>
    /// <param name="parameters">What its paths begin from.</param>
    /// <param name="argument">The argument.</param>
    public static bool IsPinned(Permission permission, IReadOnlyList<AbiParameter> parameters, Argument argument) =>
        Holds(
            permission.Constraints,
            Names(parameters, argument),
            comparison => comparison.Operator is ConstraintOperator.Equal or ConstraintOperator.In
        );

    /// <summary>Whether only false is allowed.</summary>
    public static bool IsFalse(Permission permission, IReadOnlyList<AbiParameter> parameters, Argument argument) =>
        Holds(
            permission.Constraints,
            Names(parameters, argument),
            comparison => comparison is { Operator: ConstraintOperator.Equal, Operands: [JsonItem.Boolean { Value: false }] }
        );

    /// <summary>Whether only bytes of length 0 are allowed.</summary>
    public static bool IsEmpty(Permission permission, IReadOnlyList<AbiParameter> parameters, Argument argument) =>
        Holds(
            permission.Constraints,
            Names(parameters, argument),
            comparison =>
                comparison.Operator is ConstraintOperator.Equal or ConstraintOperator.In
                && comparison.Operands.All(operand => operand is JsonItem.Text { Value: "0x" })
        );

    /// <summary>Whether an amount has an upper bound worth the name.</summary>
    /// <param name="permission">The permission.</param>
    /// <param name="parameters">What its paths begin from.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="bits">Bits of the largest number that is one.</param>
    public static bool IsCapped(Permission permission, IReadOnlyList<AbiParameter> parameters, Argument argument, int bits = AmountBits) =>
        Holds(permission.Constraints, Names(parameters, argument), comparison => IsUpperBound(comparison, bits, argument.Type));

    /// <summary>Whether an amount has an upper bound worth the name.</summary>
    /// <param name="permission">The permission.</param>
    /// <param name="paths">The texts by which it may be named.</param>
    public static bool IsCapped(Permission permission, string[] paths) =>
        Holds(permission.Constraints, paths.Contains, comparison => IsUpperBound(comparison, AmountBits, null));

    /// <summary>The budgets into which an argument is counted.</summary>
    public static IEnumerable<string> Budgets(Permission permission, IReadOnlyList<AbiParameter> parameters, Argument argument)
    {
        var names = Names(parameters, argument);
        return permission.Meters.Where(meter => meter.Path is not null && names(meter.Path)).Select(meter => meter.Budget);
    }

    /// <summary>The values that an argument may have, if they are listed outside any choice; otherwise null.</summary>
    public static IReadOnlyList<string>? Listed(Permission permission, IReadOnlyList<AbiParameter> parameters, Argument argument)
    {
        var names = Names(parameters, argument);
        return permission
            .Constraints.OfType<Comparison>()
            .FirstOrDefault(one =>
                one is { Quantifier: Quantifier.All, OfLength: false, Operator: ConstraintOperator.Equal or ConstraintOperator.In }
                && names(one.Path)
            )
            ?.Operands.OfType<JsonItem.Text>()
            .Select(text => text.Value)
            .ToList();
    }

    /// <summary>Whether any constraint looks at an argument at all.</summary>
    public static bool IsLookedAt(Permission permission, IReadOnlyList<AbiParameter> parameters, Argument argument)
    {
        var names = Names(parameters, argument);
        return Paths(permission.Constraints).Any(names);
    }

    private static IEnumerable<string> Paths(IReadOnlyList<Constraint> constraints) =>
        constraints.SelectMany(constraint =>
            constraint switch
            {
                Comparison comparison => [comparison.Path],
                AnyOf choice => choice.Alternatives.SelectMany(Paths),
                _ => [],
            }
        );

    // By position, so that no way to write a path is missed. A path to one element of an array says nothing of the others.
    private static Func<string, bool> Names(IReadOnlyList<AbiParameter> parameters, Argument argument) =>
        path =>
            ArgumentPath.Resolve(path, parameters, isStatic: false, out _) is { } resolved
            && resolved.Steps.AsSpan().SequenceEqual(argument.Steps);

    // A choice bounds only what each of its alternatives bounds; a comparison of lengths, or for any element, bounds no value.
    private static bool Holds(IReadOnlyList<Constraint> constraints, Func<string, bool> names, Func<Comparison, bool> isBound) =>
        constraints.Any(constraint =>
            constraint switch
            {
                Comparison { Quantifier: Quantifier.All, OfLength: false } comparison => names(comparison.Path) && isBound(comparison),
                AnyOf choice => choice.Alternatives.All(alternative => Holds(alternative, names, isBound)),
                _ => false,
            }
        );

    private static bool IsUpperBound(Comparison constraint, int bits, AbiType? type) =>
        constraint.Operator switch
        {
            ConstraintOperator.Equal or ConstraintOperator.LessThan or ConstraintOperator.LessThanOrEqual or ConstraintOperator.In =>
                constraint.Operands.All(operand => IsSmall(operand, bits, type)),
            ConstraintOperator.Between => IsSmall(constraint.Operands[1], bits, type),
            _ => false,
        };

    private static bool IsSmall(JsonItem operand, int bits, AbiType? type) =>
        operand is JsonItem.Text { Value: var text }
        && UInt256.TryParse(text, out var value)
        && value.BitLength <= bits
        && !IsLargest(value, type);

    private static bool IsLargest(UInt256 value, AbiType? type) =>
        type is AbiType.Uint number && UInt256.TryAdd(value, UInt256.One, out var next) && next.BitLength > number.Bits;
}
