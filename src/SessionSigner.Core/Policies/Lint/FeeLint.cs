using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What a permission of kind "call" lets an account pay: fees, and native value.</summary>
internal static class FeeLint
{
    /// <summary>10 ether, or 10 of whatever pays for gas: nothing that a bot signs is meant to cost that much.</summary>
    public static readonly UInt256 CostMax = 10 * Ether;

    private const ulong Ether = 1_000_000_000_000_000_000;
    private const int EtherDecimals = 18;

    // A million ether: what no account has is no cap.
    private static readonly UInt256 s_valueMax = UInt256.TryMultiply(1_000_000, Ether, out var value) ? value : default;

    public static void Check(CallPermission permission, long? maxSignatures, string path, List<string> warnings)
    {
        CheckFees(permission, maxSignatures, path, warnings);
        if (IsNoCap(permission.MaxNativeValue))
        {
            warnings.Add($"{path}.max_native_value: More than 10^24, a million ether, is no cap.");
        }
        if (!permission.MaxNativeValue.IsZero && !permission.Meters.Any(IsOfNativeValue))
        {
            warnings.Add($"{path}.meters: Native value may be sent, and no budget counts it.");
        }
    }

    /// <summary>Whether an amount of native value is more than any account has.</summary>
    public static bool IsNoCap(UInt256 nativeValue) => nativeValue > s_valueMax;

    /// <summary>Whether a meter counts native value.</summary>
    public static bool IsOfNativeValue(Meter meter) => meter is { Path: null, OfGasCost: false };

    private static void CheckFees(CallPermission permission, long? maxSignatures, string path, List<string> warnings)
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
        else if (permission.Meters.Any(meter => meter.OfGasCost))
        {
            // A budget bounds what all of them may cost.
        }
        else if (maxSignatures is not { } count)
        {
            warnings.Add(
                $"{path}: max_gas times max_fee_per_gas is {Text(one)} ether a transaction, and without max_signatures or a meter of gas_cost nothing bounds what a session may cost in fees."
            );
        }
        else if (!UInt256.TryMultiply(one, (ulong)count, out var all) || all > CostMax)
        {
            warnings.Add(
                $"{path}: max_gas times max_fee_per_gas times max_signatures is {Text(all)} ether: what a session may cost in fees; keep it below 10, or count gas_cost into a budget."
            );
        }
    }

    private static string Text(UInt256 wei) => TokenAmount.Format(wei, EtherDecimals);
}
