using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What is usually not meant in a permission of kind "typed_data".</summary>
internal static class TypedDataLint
{
    // Later than anything that is meant, earlier than the "never" of 48 bits.
    private const int TimeBits = 40;

    private static readonly HashSet<string> s_spenders = new(StringComparer.Ordinal) { "spender", "operator" };
    private static readonly HashSet<string> s_amounts = new(StringComparer.Ordinal) { "value", "amount" };
    private static readonly HashSet<string> s_permitMembers = new(StringComparer.Ordinal) { "permitted", "spender", "nonce", "deadline" };

    public static void Check(TypedDataPermission permission, string path, List<string> warnings)
    {
        if (permission.Domain.ChainId is null)
        {
            warnings.Add($"{path}.domain: No chain_id; the message is valid on every chain.");
        }
        if (permission.Domain.VerifyingContract is null)
        {
            warnings.Add($"{path}.domain: No verifying_contract; every contract with this name and version accepts the message.");
        }
        if (!TypedDataStruct.TryParse(permission.Type, out var definition, out _))
        {
            return;
        }
        var fields = definition!.Type.Members;
        var arguments = Argument.Of(fields);
        if (AccountMessages.IsRawDigest(permission, fields, arguments, out var open))
        {
            warnings.Add(
                $"{PolicyLint.Danger}{path}.type: {permission.PrimaryType} signs whatever \"{open!.Path}\" holds, as raw_digest signs any 32 bytes: what an account or a contract "
                    + "takes that for is not looked into, and no rule of this policy binds it. Constrain it with eq or in."
            );
            return;
        }
        if (IsPermit(permission))
        {
            CheckPermit(permission, fields, arguments, path, warnings);
        }
        else
        {
            CheckOther(permission, fields, arguments, path, warnings);
        }
        if (permission.Meters.Count == 0)
        {
            warnings.Add($"{path}.meters: Missing; no budget counts what these messages move.");
        }
    }

    /// <summary>Whether a message lets somebody take tokens.</summary>
    public static bool IsPermit(TypedDataPermission permission) => permission.PrimaryType.Contains("Permit", StringComparison.Ordinal);

    /// <summary>What a message lets somebody take, or moves.</summary>
    public static IEnumerable<Argument> Amounts(TypedDataPermission permission, IReadOnlyList<Argument> arguments) =>
        arguments.Where(argument =>
            argument.Type is AbiType.Uint
            && s_amounts.Contains(argument.Name)
            && (IsPermit(permission) || IsAuthorization(permission))
            && !IsWitness(argument)
        );

    private static bool IsAuthorization(TypedDataPermission permission) =>
        permission.PrimaryType is "TransferWithAuthorization" or "ReceiveWithAuthorization";

    // What a PermitWitnessTransferFrom carries beside the permit is somebody else's, whatever it is called.
    private static bool IsWitness(Argument argument) =>
        argument.Path.Contains('.', StringComparison.Ordinal)
        && !argument.Path.StartsWith("details", StringComparison.Ordinal)
        && !argument.Path.StartsWith("permitted", StringComparison.Ordinal);

    private static void CheckPermit(
        TypedDataPermission permission,
        IReadOnlyList<AbiParameter> fields,
        IReadOnlyList<Argument> arguments,
        string path,
        List<string> warnings
    )
    {
        var danger = $"{permission.PrimaryType} lets the spender take";
        if (!arguments.Any(one => s_spenders.Contains(one.Name) && ArgumentBounds.IsPinned(permission, fields, one)))
        {
            warnings.Add($"{path}.constraints: {danger} the amount later, and the spender may be anyone; constrain it with eq or in.");
        }
        foreach (var token in arguments.Where(one => one.Name == "token" && !IsWitness(one)))
        {
            if (!ArgumentBounds.IsPinned(permission, fields, token))
            {
                warnings.Add($"{path}.constraints: {danger} any token; constrain \"{token.Path}\" with eq or in.");
            }
        }
        foreach (var expiry in arguments.Where(one => one.Name == "expiration" && !IsWitness(one)))
        {
            if (!ArgumentBounds.IsCapped(permission, fields, expiry, TimeBits))
            {
                warnings.Add($"{path}.constraints: {danger} the amount for ever; constrain \"{expiry.Path}\" with lte.");
            }
        }
        CheckAmounts(permission, fields, arguments, danger, path, warnings);
        var witness = arguments.Where(one => !s_permitMembers.Contains(one.Path.Split('.', '[')[0])).ToList();
        if (
            permission.PrimaryType.Contains("Witness", StringComparison.Ordinal)
            && !witness.Any(one => ArgumentBounds.IsLookedAt(permission, fields, one))
        )
        {
            warnings.Add(
                $"{path}.constraints: {danger} the amount under terms that the witness states, and nothing constrains the witness."
            );
        }
    }

    private static void CheckAmounts(
        TypedDataPermission permission,
        IReadOnlyList<AbiParameter> fields,
        IReadOnlyList<Argument> arguments,
        string danger,
        string path,
        List<string> warnings
    )
    {
        var amounts = Amounts(permission, arguments).ToList();
        foreach (var amount in amounts)
        {
            if (!ArgumentBounds.IsCapped(permission, fields, amount))
            {
                warnings.Add($"{path}.constraints: {danger} the amount later, and the amount has no cap; constrain it with lte.");
            }
            if (permission.Meters.Count > 0 && !ArgumentBounds.Budgets(permission, fields, amount).Any())
            {
                warnings.Add($"{path}.meters: {danger} the amount later, and no budget counts \"{amount.Path}\".");
            }
        }
        if (amounts.Count > 0)
        {
            return;
        }
        // The permit of DAI, and of collections: there is no amount, only whether, or which.
        var choice = arguments.FirstOrDefault(one => one.Type is AbiType.Bool || one.Name is "tokenId" or "id");
        var isBound = choice switch
        {
            null => false,
            { Type: AbiType.Bool } => ArgumentBounds.IsFalse(permission, fields, choice),
            _ => ArgumentBounds.IsPinned(permission, fields, choice),
        };
        if (!isBound)
        {
            warnings.Add($"{path}.constraints: {danger} everything there is, without limit.");
        }
    }

    private static void CheckOther(
        TypedDataPermission permission,
        IReadOnlyList<AbiParameter> fields,
        IReadOnlyList<Argument> arguments,
        string path,
        List<string> warnings
    )
    {
        if (permission.Constraints.Count == 0)
        {
            warnings.Add($"{path}.constraints: Missing; every message of this type is signed.");
        }
        else
        {
            var open = arguments.Where(argument => Recipients.Has(argument) && !ArgumentBounds.IsPinned(permission, fields, argument));
            if (Recipients.Warn(path, permission.PrimaryType, open) is { } warning)
            {
                warnings.Add(warning);
            }
        }
        foreach (var amount in Amounts(permission, arguments))
        {
            if (!ArgumentBounds.IsCapped(permission, fields, amount))
            {
                warnings.Add(
                    $"{path}.constraints: {permission.PrimaryType} moves the amount, and \"{amount.Path}\" has no cap; constrain it with lte."
                );
            }
        }
        AccountMessages.Check(permission, fields, arguments, path, warnings);
    }
}
