using System.Collections.Frozen;
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
        var constraints = new ConstraintCompiler(arguments, isStatic, faults).Compile(permission.Constraints, Path + ".constraints");
        var meters = Meters(permission, arguments, isStatic);
        var container = Container(permission, function);
        return faults.Count == before ? new CallRule(Path, permission, function, constraints, meters, container) : null;
    }

    /// <summary>Compiles a typed-data permission; null if anything is wrong.</summary>
    /// <param name="permission">The permission.</param>
    /// <param name="typeHash">Hash of the type.</param>
    public TypedDataRule? Compile(TypedDataPermission permission, out Hash32 typeHash)
    {
        var before = faults.Count;
        typeHash = default;
        // The domain of EntryPoint 0.8 and later. Whatever is signed in it is a user operation, whose rules a permission for typed data does not know.
        if (permission.Domain.Name == "ERC4337")
        {
            faults.Add(Path + ".domain.name", "Is the domain of user operations; use a permission of kind user_operation.");
        }
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
        var constraints = new ConstraintCompiler(fields, isStatic: false, faults).Compile(permission.Constraints, Path + ".constraints");
        var meters = Meters(permission, fields, isStatic: false);
        return faults.Count == before ? new TypedDataRule(Path, constraints, meters) : null;
    }

    /// <summary>Compiles a template; null if anything is wrong.</summary>
    public MessageRule? Compile(MessagePermission permission)
    {
        var before = faults.Count;
        if (MessageTemplate.Compile(permission, Path, faults) is not { } template)
        {
            return null;
        }
        var holes = template.Parameters;
        var constraints = new ConstraintCompiler(holes, isStatic: false, faults).Compile(permission.Constraints, Path + ".constraints");
        var meters = Meters(permission, holes, isStatic: false);
        return faults.Count == before ? new MessageRule(Path, template, constraints, meters) : null;
    }

    /// <summary>Compiles a user-operation permission; null if anything is wrong.</summary>
    public UserOperationRule? Compile(UserOperationPermission permission)
    {
        var before = faults.Count;
        var functions = permission.Unwrap.SelectMany(CallContainers.Functions).ToFrozenDictionary(function => function.Function.Selector);
        var meters = Meters(permission, [], isStatic: true);
        return faults.Count == before ? new UserOperationRule(Path, permission, functions, meters) : null;
    }

    /// <summary>Compiles a permission of any kind for nothing but the report of what is wrong.</summary>
    public void FindFaults(Permission permission)
    {
        switch (permission)
        {
            case CallPermission call:
                Compile(call, out _);
                break;
            case TypedDataPermission typed:
                Compile(typed, out _);
                break;
            case MessagePermission message:
                Compile(message);
                break;
            case UserOperationPermission operation:
                Compile(operation);
                break;
        }
    }

    private CallContainer? Container(CallPermission permission, AbiFunction? function)
    {
        if (permission.Unwrap == CallContainerKind.None)
        {
            return null;
        }
        var container = CallContainers.Find(permission.Unwrap, function?.CanonicalSignature ?? "");
        if (container is null)
        {
            faults.Add(Path + ".unwrap", $"The function must be {string.Join(" or ", CallContainers.Signatures(permission.Unwrap))}.");
        }
        return container;
    }

    private CompiledMeter[] Meters(Permission permission, IReadOnlyList<AbiParameter> arguments, bool isStatic)
    {
        var compiled = new List<CompiledMeter>();
        for (var i = 0; i < permission.Meters.Count; i++)
        {
            var meter = permission.Meters[i];
            var rule = StrictJson.Element(Path + ".meters", i);
            var budget = Array.FindIndex(budgets, candidate => candidate.Name == meter.Budget);
            var argument = meter.Path is null ? null : ArgumentPath.Resolve(meter.Path, rule, arguments, isStatic, faults);
            if (argument is not null && argument.Leaf is not AbiType.Uint)
            {
                faults.Add(rule + ".path", $"Only unsigned numbers are counted; this is a {argument.Leaf.Name}.");
            }
            else if (budget < 0)
            {
                faults.Add(rule + ".budget", "There is no such budget.");
            }
            else
            {
                compiled.Add(new CompiledMeter(budget, budgets[budget], argument, meter.OfGasCost));
            }
        }
        return [.. compiled];
    }
}
