using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What is usually not meant in a permission of kind "call".</summary>
internal static class CallLint
{
    /// <summary>10 ether, or 10 of whatever pays for gas: nothing that a bot signs is meant to cost that much.</summary>
    public static readonly UInt256 CostMax = 10_000_000_000_000_000_000;

    private const int AmountBits = 127;

    // The last second before the year 36812: later than anything that is meant, earlier than the "never" of 48 bits.
    private const int TimeBits = 40;

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
        if (ValueMove.Find(function!) is { } move)
        {
            CheckMove(permission, function!, move, path, warnings);
        }
        else if (!FunctionNames.IsContainer(function!))
        {
            CheckRecipients(permission, function!, path, warnings);
        }
        else if (permission.Unwrap == CallContainerKind.None)
        {
            var remedy = CallContainers.IsKnown(function!.CanonicalSignature) ? "; say how with unwrap" : "";
            warnings.Add(
                $"{path}.unwrap: {function.Name} carries other calls, which nothing here looks into: whatever it reaches is allowed{remedy}."
            );
        }
        if (FunctionNames.IsControl(function!))
        {
            warnings.Add($"{path}: {function!.Name} hands over control of the contract.");
        }
    }

    private static void CheckMove(CallPermission permission, AbiFunction function, ValueMove move, string path, List<string> warnings)
    {
        if (Find(move.Party) is { } party && !ArgumentBounds.IsPinned(permission, function.Inputs, party))
        {
            warnings.Add(
                $"{path}.constraints: {function.Name} {move.Danger}, and \"{party.Path}\" may be anyone; constrain it with eq or in."
            );
        }
        if (Find(move.TokenAt) is { } token && !ArgumentBounds.IsPinned(permission, function.Inputs, token))
        {
            warnings.Add($"{path}.constraints: {function.Name} {move.Danger}, of any token; constrain \"{token.Path}\" with eq or in.");
        }
        if (Find(move.Expiry) is { } expiry && !ArgumentBounds.IsCapped(permission, function.Inputs, expiry, TimeBits))
        {
            warnings.Add($"{path}.constraints: {function.Name} {move.Danger}, for ever; constrain \"{expiry.Path}\" with lte.");
        }
        if (Find(move.Amount) is { } amount)
        {
            if (!ArgumentBounds.IsCapped(permission, function.Inputs, amount))
            {
                warnings.Add(
                    $"{path}.constraints: {function.Name} {move.Danger}, and \"{amount.Path}\" has no cap; constrain it with lte."
                );
            }
            if (!ArgumentBounds.Budgets(permission, function.Inputs, amount).Any())
            {
                warnings.Add($"{path}.meters: {function.Name} {move.Danger}, and no budget counts \"{amount.Path}\".");
            }
        }
        else if (!IsBoundWithoutAmount())
        {
            warnings.Add($"{path}.constraints: {function.Name} {move.Danger}, without limit.");
        }

        // Which token of a collection, or that it is only taken back: the only bounds where there is no amount.
        bool IsBoundWithoutAmount() =>
            Find(move.Flag) is { } flag
                ? ArgumentBounds.IsFalse(permission, function.Inputs, flag)
                : Find(move.Identifier) is { } identifier && ArgumentBounds.IsPinned(permission, function.Inputs, identifier);

        Argument? Find(int[]? steps) => steps is null ? null : Argument.At(function.Inputs, steps);
    }

    private static void CheckRecipients(CallPermission permission, AbiFunction function, string path, List<string> warnings)
    {
        foreach (var recipient in Argument.Of(function.Inputs).Where(FunctionNames.IsRecipient))
        {
            if (!ArgumentBounds.IsPinned(permission, function.Inputs, recipient))
            {
                warnings.Add(
                    $"{path}.constraints: \"{recipient.Path}\" of {function.Name} may be anyone; constrain it with eq or in if something goes there."
                );
            }
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
        if (permission is { MaxGas: { } gas, MaxFeePerGas: { } fee } && (!UInt256.TryMultiply(gas, fee, out var cost) || cost > CostMax))
        {
            warnings.Add($"{path}: max_gas times max_fee_per_gas is above 10^19: one transaction may cost more than 10 ether in fees.");
        }
    }

    private static void CheckNativeValue(CallPermission permission, string path, List<string> warnings)
    {
        if (permission.MaxNativeValue.BitLength > AmountBits)
        {
            warnings.Add($"{path}.max_native_value: 2^127 or more is no cap.");
        }
        if (!permission.MaxNativeValue.IsZero && permission.Meters.All(meter => meter.Path is not null || meter.OfGasCost))
        {
            warnings.Add($"{path}.meters: Native value may be sent, and no budget counts it.");
        }
    }
}
