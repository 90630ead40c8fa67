using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Compiles one permission: reads its signature, resolves its paths, checks its operands; reports what is wrong with the path.</summary>
internal sealed class PermissionCompiler(string path, BudgetRule[] budgets, FaultList faults)
{
    /// <summary>Rule path of the permission.</summary>
    public string Path { get; } = path;

    /// <summary>Compiles a call; null if anything is wrong.</summary>
    /// <param name="permission">The permission.</param>
    /// <param name="selector">The function's selector; null for a plain transfer.</param>
    public CallRule? Compile(CallPermission permission, out uint? selector)
    {
        var before = faults.Count;
        selector = null;
        AbiFunction? function = null;
        if (permission.Function.Length > 0 && !AbiFunction.TryParse(permission.Function, out function, out var fault))
        {
            faults.Add(
                Path + ".function",
                "Must be an ABI signature such as \"transfer(address to, uint256 amount)\". " + DenialText.Clip(fault)
            );
            return null;
        }
        selector = function?.Selector;
        var arguments = function?.Inputs ?? [];
        var isStatic = function is null || function.StaticLayout is not null;
        var constraints = Constraints(permission, arguments, isStatic);
        var meters = Meters(permission, arguments, isStatic);
        return faults.Count == before ? new CallRule(Path, permission, function, constraints, meters) : null;
    }

    /// <summary>Compiles a typed-data permission; null if anything is wrong.</summary>
    /// <param name="permission">The permission.</param>
    /// <param name="typeHash">Hash of the type.</param>
    public TypedDataRule? Compile(TypedDataPermission permission, out Hash32 typeHash)
    {
        var before = faults.Count;
        typeHash = default;
        if (!TypedDataStruct.TryParse(permission.Type, out var definition, out var fault))
        {
            faults.Add(
                Path + ".type",
                "Must be an EIP-712 type such as \"Order(address maker,uint256 amount)\". " + DenialText.Clip(fault)
            );
            return null;
        }
        if (definition!.Name != permission.PrimaryType)
        {
            faults.Add(Path + ".primary_type", $"Must be {FaultList.Quote(definition.Name)}, the first struct of the type.");
            return null;
        }
        typeHash = definition.TypeHash;
        var fields = definition.Type.Members;
        var constraints = Constraints(permission, fields, isStatic: false);
        var meters = Meters(permission, fields, isStatic: false);
        return faults.Count == before ? new TypedDataRule(Path, constraints, meters) : null;
    }

    private CompiledConstraint[] Constraints(Permission permission, IReadOnlyList<AbiParameter> arguments, bool isStatic)
    {
        var compiled = new List<CompiledConstraint>();
        for (var i = 0; i < permission.Constraints.Count; i++)
        {
            var rule = StrictJson.Element(Path + ".constraints", i);
            if (
                Resolve(permission.Constraints[i].Path, rule, arguments, isStatic) is { } argument
                && Compile(permission.Constraints[i], rule, argument) is { } constraint
            )
            {
                compiled.Add(constraint);
            }
        }
        return [.. compiled];
    }

    private CompiledConstraint? Compile(Constraint constraint, string rule, ArgumentPath argument)
    {
        var type = argument.Leaf;
        var isOrdered = type is AbiType.Uint or AbiType.Int;
        var isMembership =
            constraint.Operator
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
        for (var i = 0; i < constraint.Operands.Count; i++)
        {
            var operandPath = OperandPath(constraint.Operator, rule, i);
            if (type is AbiType.Bytes or AbiType.Text)
            {
                strings.Add(OperandReader.String(constraint.Operands[i], type, operandPath, faults) ?? []);
            }
            else
            {
                words.Add(OperandReader.Word(constraint.Operands[i], type, operandPath, faults) ?? UInt256.Zero);
            }
        }
        if (constraint.Operator == ConstraintOperator.Between && words is [var min, var max] && min > max && faults.Count == before)
        {
            faults.Add(rule + ".max", "Must be at least min.");
        }
        return faults.Count == before
            ? new CompiledConstraint(rule, argument, constraint.Operator, [.. words], [.. strings], ConstraintText.Limit(constraint))
            : null;
    }

    private CompiledMeter[] Meters(Permission permission, IReadOnlyList<AbiParameter> arguments, bool isStatic)
    {
        var compiled = new List<CompiledMeter>();
        for (var i = 0; i < permission.Meters.Count; i++)
        {
            var meter = permission.Meters[i];
            var rule = StrictJson.Element(Path + ".meters", i);
            var budget = Array.FindIndex(budgets, candidate => candidate.Name == meter.Budget);
            var argument = meter.Path is null ? null : Resolve(meter.Path, rule, arguments, isStatic);
            if (argument is not null && argument.Leaf is not AbiType.Uint)
            {
                faults.Add(rule + ".path", $"Only unsigned integers are counted; this is a {argument.Leaf.Name}.");
            }
            else if (budget < 0)
            {
                faults.Add(rule + ".budget", "There is no such budget.");
            }
            else
            {
                compiled.Add(new CompiledMeter(budget, budgets[budget], argument));
            }
        }
        return [.. compiled];
    }

    private ArgumentPath? Resolve(string text, string rule, IReadOnlyList<AbiParameter> arguments, bool isStatic)
    {
        var argument = ArgumentPath.Resolve(text, arguments, isStatic, out var fault);
        if (argument is null)
        {
            faults.Add(rule + ".path", fault);
        }
        return argument;
    }

    private static string OperandPath(ConstraintOperator operation, string rule, int index) =>
        operation switch
        {
            ConstraintOperator.In or ConstraintOperator.NotIn => StrictJson.Element(rule + ".values", index),
            ConstraintOperator.Between => rule + (index == 0 ? ".min" : ".max"),
            _ => rule + ".value",
        };
}
