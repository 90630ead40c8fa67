using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What is usually not meant in a permission of kind "call".</summary>
internal static class CallLint
{
    public static void Check(CallPermission permission, long? maxSignatures, string path, List<string> warnings)
    {
        FeeLint.Check(permission, maxSignatures, path, warnings);
        if (permission.Authorizations.Count > 0)
        {
            warnings.Add(
                $"{path}.authorizations: The transaction gives accounts code before the call is made; who they are is not looked at, and the call may meet that code."
            );
        }
        if (permission.Function.Length > 0 && AbiFunction.TryParse(permission.Function, out var function, out _))
        {
            CheckFunction(permission, function!, path, warnings);
        }
    }

    private static void CheckFunction(CallPermission permission, AbiFunction function, string path, List<string> warnings)
    {
        var arguments = Argument.Of(function.Inputs);
        if (KnownFunctions.FindReal(function) is { } real)
        {
            warnings.Add(
                $"{PolicyLint.Danger}{path}.function: {function.CanonicalSignature} has the selector of {real}, 0x{function.Selector:x8}: what is signed is a call of "
                    + $"that function, and the arguments that the constraints name are not its own. Write {real}."
            );
        }
        else if (ValueMoves.Find(function) is { } move)
        {
            MoveLint.Check(permission, function, move, path, warnings);
        }
        else if (ControlFunctions.Has(function))
        {
            warnings.Add($"{path}: {function.Name} hands over control of the contract.");
        }
        else if (IsContainer(permission, function, arguments, out var verb))
        {
            if (permission.Unwrap == CallContainerKind.None)
            {
                var remedy = CallContainers.IsKnown(function.CanonicalSignature) ? "; say how with unwrap" : "";
                warnings.Add(
                    $"{path}.unwrap: {function.Name} {verb} other calls, which nothing here looks into: whatever it reaches is allowed{remedy}."
                );
            }
        }
        else
        {
            CheckArguments(permission, function, arguments, path, warnings);
        }
    }

    private static bool IsContainer(CallPermission permission, AbiFunction function, IReadOnlyList<Argument> arguments, out string verb)
    {
        var isNamed = ContainerFunctions.Has(function);
        var bytes = arguments
            .Where(argument => argument.Type is AbiType.Bytes && !ArgumentBounds.IsEmpty(permission, function.Inputs, argument))
            .ToList();
        verb = isNamed ? "carries" : "may carry";
        return bytes.Count > 0 && (isNamed || ContainerFunctions.HaveForm(bytes, arguments));
    }

    // What a parameter is called is up to whoever writes the policy: any address may be where something goes.
    private static void CheckArguments(
        CallPermission permission,
        AbiFunction function,
        IReadOnlyList<Argument> arguments,
        string path,
        List<string> warnings
    )
    {
        if (permission.Meters.Count == 0 && !arguments.Any(IsBound))
        {
            if (arguments.Count > 0)
            {
                var (what, calls) =
                    permission.Constraints.Count == 0
                        ? ("Nothing is constrained", "every call")
                        : ("Nothing is held to listed values, capped or counted", "nearly every call");
                warnings.Add($"{path}.constraints: {what}: {calls} of {function.Name} is signed.");
            }
            return;
        }
        var open = arguments.Where(argument =>
            (argument.Type is AbiType.AddressType || Recipients.Has(argument))
            && !ArgumentBounds.IsPinned(permission, function.Inputs, argument)
        );
        if (Recipients.Warn(path, function.Name, open) is { } warning)
        {
            warnings.Add(warning);
        }

        bool IsBound(Argument argument) =>
            ArgumentBounds.IsPinned(permission, function.Inputs, argument)
            || ArgumentBounds.IsCapped(permission, function.Inputs, argument);
    }
}
