using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What a permission of kind "call" lets an account pay: fees, and native value.</summary>
internal static class FeeLint
{
    /// <summary>10 ether, or 10 of whatever pays for gas: nothing that a bot signs is meant to cost that much.</summary>
    public static readonly UInt256 CostMax = 10 * Ether;

    private const ulong Ether = 1_000_000_000_000_000_000;
    private const int AmountBits = 127;

    public static void Check(CallPermission permission, string path, List<string> warnings)
    {
        CheckFees(permission, path, warnings);
        if (permission.MaxNativeValue.BitLength > AmountBits)
        {
            warnings.Add($"{path}.max_native_value: 2^127 or more is no cap.");
        }
        if (!permission.MaxNativeValue.IsZero && !permission.Meters.Any(IsOfNativeValue))
        {
            warnings.Add($"{path}.meters: Native value may be sent, and no budget counts it.");
        }
    }

    /// <summary>Whether a meter counts native value.</summary>
    public static bool IsOfNativeValue(Meter meter) => meter is { Path: null, OfGasCost: false };

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
        if (permission is not { MaxGas: { IsZero: false } gas, MaxFeePerGas: { IsZero: false } fee })
        {
            return;
        }
        if (!UInt256.TryMultiply(gas, fee, out var one) || one > CostMax)
        {
            warnings.Add($"{path}: max_gas times max_fee_per_gas is above 10^19: one transaction may cost more than 10 ether in fees.");
        }
    }
}
