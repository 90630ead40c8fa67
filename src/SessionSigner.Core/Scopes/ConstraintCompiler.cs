using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Compiles constraints against a list of arguments or fields: resolves their paths, checks their operands.</summary>
internal sealed class ConstraintCompiler(IReadOnlyList<AbiParameter> arguments, bool isStatic, FaultList faults)
{
    private static readonly AbiType s_length = new AbiType.Uint(256);

    /// <summary>Compiles a list; what cannot be compiled is reported and left out.</summary>
    public CompiledConstraint[] Compile(IReadOnlyList<Constraint> constraints, string path)
    {
        var compiled = new List<CompiledConstraint>();
        for (var i = 0; i < constraints.Count; i++)
        {
            if (Compile(constraints[i], StrictJson.Element(path, i)) is { } constraint)
            {
                compiled.Add(constraint);
            }
        }
        return [.. compiled];
    }

    private CompiledConstraint? Compile(Constraint constraint, string rule)
    {
        switch (constraint)
        {
            case AnyOf choice:
                return new CompiledChoice([
                    .. choice.Alternatives.Select((alternative, i) => Compile(alternative, StrictJson.Element(rule + ".any_of", i))),
                ]);
            case Comparison comparison when ArgumentPath.Resolve(comparison.Path, rule, arguments, isStatic, faults) is { } path:
                return TypeOf(comparison, path, rule) is { } type ? Compile(comparison, rule, path, type) : null;
            default:
                return null;
        }
    }

    // What is compared: the value, or its length where the type leaves that open.
    private AbiType? TypeOf(Comparison comparison, ArgumentPath path, string rule)
    {
        if (!comparison.OfLength)
        {
            return path.Leaf;
        }
        if (path.Leaf is AbiType.Array { Length: null } or AbiType.Bytes or AbiType.Text)
        {
            return s_length;
        }
        faults.Add(rule + ".length", $"A {path.Leaf.Name} has no length of its own; only T[], bytes and string have.");
        return null;
    }

    private CompiledComparison? Compile(Comparison comparison, string rule, ArgumentPath path, AbiType type)
    {
        var isOrdered = type is AbiType.Uint or AbiType.Int;
        var isMembership =
            comparison.Operator
            is ConstraintOperator.Equal
                or ConstraintOperator.NotEqual
                or ConstraintOperator.In
                or ConstraintOperator.NotIn;
        if (!isMembership && !isOrdered && type is not (AbiType.Array or AbiType.Tuple))
        {
            faults.Add(rule + ".op", $"A {type.Name} has no order; use eq, ne, in or not_in.");
            return null;
        }
        var before = faults.Count;
        var words = new List<UInt256>();
        var strings = new List<byte[]>();
        for (var i = 0; i < comparison.Operands.Count; i++)
        {
            var operandPath = OperandPath(comparison.Operator, rule, i);
            if (type is AbiType.Bytes or AbiType.Text)
            {
                strings.Add(OperandReader.String(comparison.Operands[i], type, operandPath, faults) ?? []);
            }
            else
            {
                words.Add(OperandReader.Word(comparison.Operands[i], type, operandPath, faults) ?? UInt256.Zero);
            }
        }
        if (comparison.Operator == ConstraintOperator.Between && words is [var min, var max] && min > max && faults.Count == before)
        {
            faults.Add(rule + ".max", "Must be at least min.");
        }
        return faults.Count == before ? new CompiledComparison(rule, comparison, path, type, [.. words], [.. strings]) : null;
    }

    private static string OperandPath(ConstraintOperator operation, string rule, int index) =>
        operation switch
        {
            ConstraintOperator.In or ConstraintOperator.NotIn => StrictJson.Element(rule + ".values", index),
            ConstraintOperator.Between => rule + (index == 0 ? ".min" : ".max"),
            _ => rule + ".value",
        };
}
