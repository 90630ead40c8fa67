using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Messages by which an account takes whatever is in them for its own: a raw digest under another name, calls, and delegations.</summary>
internal static class AccountMessages
{
    // SPEC: Safe, Coinbase Smart Wallet, LightAccount, ERC-7739. Any other of a single such field is found by its form.
    private static readonly HashSet<string> s_wrappers = new(StringComparer.Ordinal)
    {
        "SafeMessage",
        "CoinbaseSmartWalletMessage",
        "ReplaySafeHash",
        "AccountMessage",
        "LightAccountMessage",
        "PersonalSign",
    };

    // Messages by which somebody else makes calls: meta-transactions, Safes, accounts.
    private static readonly HashSet<string> s_carriers = new(StringComparer.Ordinal)
    {
        "SafeTx",
        "SafeOp",
        "ForwardRequest",
        "MetaTransaction",
        "MetaTx",
        "MultiChainSession",
        "PackedUserOperation",
        "UserOperation",
        "Execute",
        "ExecuteBatch",
        "Batch",
        "BatchedCall",
        "SignedBatchedCall",
        "Call",
        "Calls",
        "Relay",
        "RelayRequest",
    };

    /// <summary>Whether a message is signed whatever is in it: then nothing else that is said of it matters.</summary>
    public static bool IsRawDigest(
        TypedDataPermission permission,
        IReadOnlyList<AbiParameter> fields,
        IReadOnlyList<Argument> arguments,
        out Argument? open
    )
    {
        open =
            arguments.Count == 1 || s_wrappers.Contains(permission.PrimaryType)
                ? arguments.FirstOrDefault(argument =>
                    argument.Type is AbiType.Bytes or AbiType.FixedBytes { Length: Hash32.Size } or AbiType.Text
                    && !ArgumentBounds.IsPinned(permission, fields, argument)
                )
                : null;
        return open is not null;
    }

    /// <summary>Says what a message hands on: power over the account, or calls.</summary>
    public static void Check(
        TypedDataPermission permission,
        IReadOnlyList<AbiParameter> fields,
        IReadOnlyList<Argument> arguments,
        string path,
        List<string> warnings
    )
    {
        if (permission.PrimaryType == "Delegation")
        {
            warnings.Add(
                $"{path}: Delegation hands on the account's own power; what its caveats leave of that is not looked into, and no budget here counts what the delegate does."
            );
            return;
        }
        var bytes = arguments
            .Where(argument => argument.Type is AbiType.Bytes && !ArgumentBounds.IsEmpty(permission, fields, argument))
            .ToList();
        var isNamed = s_carriers.Contains(permission.PrimaryType);
        if (bytes.Count > 0 && (isNamed || ContainerFunctions.HaveForm(bytes, arguments)))
        {
            var verb = isNamed ? "carries" : "may carry";
            warnings.Add(
                $"{path}.constraints: {permission.PrimaryType} {verb} calls, which nothing here looks into: whatever they reach is allowed."
            );
        }
    }
}
