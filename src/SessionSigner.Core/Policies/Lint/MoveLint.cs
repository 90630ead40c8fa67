using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What is not bounded in a permission for a function that moves value.</summary>
internal static class MoveLint
{
    // The last second before the year 36812: later than anything that is meant, earlier than the "never" of 48 bits.
    private const int TimeBits = 40;

    public static void Check(CallPermission permission, AbiFunction function, ValueMove move, string path, List<string> warnings)
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
}
