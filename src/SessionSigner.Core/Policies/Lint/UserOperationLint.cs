using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What is usually not meant in a permission of kind "user_operation".</summary>
internal static class UserOperationLint
{
    // SPEC: eth-infinitism/account-abstraction, the addresses at which the EntryPoints are on every chain.
    private static readonly Dictionary<string, EntryPointVersion> s_entryPoints = new(StringComparer.Ordinal)
    {
        ["0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789"] = EntryPointVersion.V06,
        ["0x0000000071727De22E5E9d8BAf0edAc6f37da032"] = EntryPointVersion.V07,
        ["0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108"] = EntryPointVersion.V08,
        ["0x433709009B8330FDa32311DF1C2AFA402eD8D009"] = EntryPointVersion.V09,
    };

    public static void Check(UserOperationPermission permission, IReadOnlyList<Address> accounts, string path, List<string> warnings)
    {
        foreach (var sender in permission.Senders.Where(sender => !accounts.Contains(sender)))
        {
            warnings.Add($"{path}.senders: {sender} is none of the policy's accounts; a session signs operations of its own account only.");
        }
        CheckEntryPoint(permission, path, warnings);
        CheckGas(permission, path, warnings);
        if (permission.Paymasters is not null)
        {
            warnings.Add(
                $"{path}.paymasters: What a paymaster is told is not looked into; one that is paid in tokens takes what the sender has approved to it."
            );
        }
        if (permission.Factories is not null)
        {
            warnings.Add($"{path}.factories: What a factory is called with is not looked into; it decides who owns the account.");
        }
    }

    private static void CheckEntryPoint(UserOperationPermission permission, string path, List<string> warnings)
    {
        var isKnown = s_entryPoints.TryGetValue(permission.EntryPoint.ToString(), out var version);
        if (!isKnown)
        {
            warnings.Add(
                $"{path}.entry_point: {permission.EntryPoint} is no EntryPoint of the standard; that a nonce is used once is only as true as it is there."
            );
        }
        else if (version != permission.EntryPointVersion)
        {
            warnings.Add($"{path}.entry_point: {permission.EntryPoint} is of another version; no signature will be accepted.");
        }
    }

    private static void CheckGas(UserOperationPermission permission, string path, List<string> warnings)
    {
        var hasPaymasterGas = permission.Paymasters is not null && permission.EntryPointVersion != EntryPointVersion.V06;
        string?[] missing =
        [
            permission.MaxCallGas is null ? "max_call_gas" : null,
            permission.MaxVerificationGas is null ? "max_verification_gas" : null,
            permission.MaxPreVerificationGas is null ? "max_pre_verification_gas" : null,
            hasPaymasterGas && permission.MaxPaymasterVerificationGas is null ? "max_paymaster_verification_gas" : null,
            hasPaymasterGas && permission.MaxPaymasterPostOpGas is null ? "max_paymaster_post_op_gas" : null,
            permission.MaxFeePerGas is null ? "max_fee_per_gas" : null,
            permission.MaxPriorityFeePerGas is null ? "max_priority_fee_per_gas" : null,
        ];
        var names = missing.Where(name => name is not null).ToArray();
        if (names.Length > 0)
        {
            warnings.Add($"{path}: No {string.Join(", ", names)}; whoever pays can be drained by gas.");
        }
        else if (!IsBelowCostMax(permission))
        {
            warnings.Add($"{path}: The gas caps times max_fee_per_gas are above 10^19: one operation may cost more than 10 ether in gas.");
        }
        if (permission.Meters.Count == 0)
        {
            warnings.Add($"{path}.meters: No budget counts gas_cost; many operations can cost what one may not.");
        }
    }

    private static bool IsBelowCostMax(UserOperationPermission permission)
    {
        UInt256?[] caps =
        [
            permission.MaxCallGas,
            permission.MaxVerificationGas,
            permission.MaxPreVerificationGas,
            permission.MaxPaymasterVerificationGas,
            permission.MaxPaymasterPostOpGas,
        ];
        var gas = UInt256.Zero;
        return caps.All(cap => UInt256.TryAdd(gas, cap ?? UInt256.Zero, out gas))
            && UInt256.TryMultiply(gas, permission.MaxFeePerGas ?? UInt256.Zero, out var cost)
            && cost <= FeeLint.CostMax;
    }
}
