using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What is usually not meant in a permission of kind "call".</summary>
internal static class CallLint
{
    // Functions that move value or let somebody else move it: where the amount is, and where the other party is.
    private static readonly Dictionary<string, (int Amount, int Party, string Danger)> s_dangers = new(StringComparer.Ordinal)
    {
        ["approve(address,uint256)"] = (1, 0, "lets the spender take the amount later"),
        ["increaseAllowance(address,uint256)"] = (1, 0, "lets the spender take the amount later"),
        ["increaseApproval(address,uint256)"] = (1, 0, "lets the spender take the amount later"),
        ["permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"] = (2, 1, "lets the spender take the amount later"),
        ["approve(address,address,uint160,uint48)"] = (2, 1, "lets the spender take the amount later"),
        ["setApprovalForAll(address,bool)"] = (-1, 0, "lets the operator take every token of the collection"),
        ["transfer(address,uint256)"] = (1, 0, "moves the amount"),
        ["transferFrom(address,address,uint256)"] = (2, 1, "moves the amount"),
        ["safeTransferFrom(address,address,uint256)"] = (2, 1, "moves the token"),
        ["safeTransferFrom(address,address,uint256,bytes)"] = (2, 1, "moves the token"),
        ["safeTransferFrom(address,address,uint256,uint256,bytes)"] = (3, 1, "moves the amount"),
    };

    private static readonly HashSet<string> s_containers = new(StringComparer.Ordinal)
    {
        "multicall",
        "execute",
        "executeBatch",
        "execTransaction",
        "multiSend",
        "aggregate",
        "aggregate3",
        "tryAggregate",
        "tryBlockAndAggregate",
        "aggregate3Value",
        "executeFromExecutor",
        "executeFromModule",
        "executeUserOp",
        "execTransactionFromModule",
        "execTransactionFromModuleReturnData",
        "redeemDelegations",
        "batch",
    };

    private static readonly HashSet<string> s_upgrades = new(StringComparer.Ordinal)
    {
        "upgradeTo",
        "upgradeToAndCall",
        "upgrade",
        "upgradeAndCall",
        "changeAdmin",
        "transferOwnership",
        "grantRole",
        "setImplementation",
        "addOwnerWithThreshold",
        "enableModule",
    };

    public static void Check(CallPermission permission, string path, List<string> warnings)
    {
        CheckFees(permission, path, warnings);
        CheckNativeValue(permission, path, warnings);
        if (permission.Authorizations.Count > 0)
        {
            warnings.Add(
                $"{path}.authorizations: The transaction gives accounts code before the call is made; who they are is not looked at, and the call may meet that code."
            );
        }
        if (permission.Function.Length == 0 || !AbiFunction.TryParse(permission.Function, out var function, out _))
        {
            return;
        }
        if (s_dangers.TryGetValue(function!.CanonicalSignature, out var danger))
        {
            CheckDanger(permission, function, danger, path, warnings);
        }
        if (
            permission.Unwrap == CallContainerKind.None
            && (s_containers.Contains(function.Name) || CallContainers.IsKnown(function.CanonicalSignature))
        )
        {
            var remedy = CallContainers.IsKnown(function.CanonicalSignature) ? "; say how with unwrap" : "";
            warnings.Add(
                $"{path}.unwrap: {function.Name} carries other calls, which nothing here looks into: whatever it reaches is allowed{remedy}."
            );
        }
        if (s_upgrades.Contains(function.Name))
        {
            warnings.Add($"{path}: {function.Name} hands over control of the contract.");
        }
    }

    private static void CheckDanger(
        CallPermission permission,
        AbiFunction function,
        (int Amount, int Party, string Danger) danger,
        string path,
        List<string> warnings
    )
    {
        var party = Names(function, danger.Party);
        if (!ArgumentBounds.IsPinned(permission, party))
        {
            warnings.Add(
                $"{path}.constraints: {function.Name} {danger.Danger}, and \"{party[0]}\" may be anyone; constrain it with eq or in."
            );
        }
        if (danger.Amount < 0)
        {
            if (!ArgumentBounds.IsPinned(permission, Names(function, 1)))
            {
                warnings.Add($"{path}.constraints: {function.Name} {danger.Danger}, without limit.");
            }
            return;
        }
        var amount = Names(function, danger.Amount);
        if (!ArgumentBounds.IsCapped(permission, amount))
        {
            warnings.Add($"{path}.constraints: {function.Name} {danger.Danger}, and \"{amount[0]}\" has no cap; constrain it with lte.");
        }
        if (!permission.Meters.Any(meter => amount.Contains(meter.Path)))
        {
            warnings.Add($"{path}.meters: {function.Name} {danger.Danger}, and no budget counts \"{amount[0]}\".");
        }
    }

    private static void CheckFees(CallPermission permission, string path, List<string> warnings)
    {
        string?[] missing =
        [
            permission.MaxGas is null ? "max_gas" : null,
            permission.MaxFeePerGas is null ? "max_fee_per_gas" : null,
            permission.MaxPriorityFeePerGas is null ? "max_priority_fee_per_gas" : null,
        ];
        var names = missing.Where(name => name is not null).ToArray();
        if (names.Length > 0)
        {
            warnings.Add($"{path}: No {string.Join(", ", names)}; the account can be drained by fees.");
        }
    }

    private static void CheckNativeValue(CallPermission permission, string path, List<string> warnings)
    {
        if (permission.MaxNativeValue == UInt256.MaxValue)
        {
            warnings.Add($"{path}.max_native_value: 2^256-1 is no cap.");
        }
        if (!permission.MaxNativeValue.IsZero && permission.Meters.All(meter => meter.Path is not null))
        {
            warnings.Add($"{path}.meters: Native value may be sent, and no budget counts it.");
        }
    }

    private static string[] Names(AbiFunction function, int index)
    {
        var position = StrictJson.Element("", index);
        return function.Inputs[index].Name.Length > 0 ? [function.Inputs[index].Name, position] : [position];
    }
}
