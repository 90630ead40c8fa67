using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Functions and arguments that are dangerous by what they are called.</summary>
internal static class FunctionNames
{
    private static readonly string[] s_containerBeginnings =
    [
        "multicall",
        "multiSend",
        "aggregate",
        "tryAggregate",
        "tryBlockAndAggregate",
        "blockAndAggregate",
        "exec",
        "batch",
        "forward",
        "relay",
        "invoke",
        "delegateCall",
        "delegatecall",
        "functionCall",
        "functionDelegateCall",
        "redeemDelegations",
        "handleOps",
        "handleAggregatedOps",
    ];

    private static readonly HashSet<string> s_control = new(StringComparer.Ordinal)
    {
        "addAdmin",
        "addMinter",
        "addOwner",
        "addOwnerAddress",
        "addOwnerPublicKey",
        "addOwnerWithThreshold",
        "beginDefaultAdminTransfer",
        "changeAdmin",
        "changeMasterCopy",
        "changeOwner",
        "changeProxyAdmin",
        "changeThreshold",
        "configureMinter",
        "diamondCut",
        "disableModule",
        "enableModule",
        "grantRole",
        "initialize",
        "installModule",
        "proposeOwner",
        "removeOwner",
        "rely",
        "replaceOwner",
        "setAdmin",
        "setApprovedModule",
        "setAuthority",
        "setBeacon",
        "setCode",
        "setFallbackHandler",
        "setGuard",
        "setImplementation",
        "setMinter",
        "setModuleGuard",
        "setOwner",
        "setPendingAdmin",
        "setPendingOwner",
        "setRoleAdmin",
        "setSigner",
        "swapOwner",
        "transferOwnership",
        "transferProxyOwnership",
        "uninstallModule",
        "updateImplementation",
        "upgrade",
        "upgradeAndCall",
        "upgradeBeaconTo",
        "upgradeBeaconToAndCall",
        "upgradeTo",
        "upgradeToAndCall",
        "upgradeToAndCallUUPS",
    };

    private static readonly HashSet<string> s_recipients = new(StringComparer.OrdinalIgnoreCase)
    {
        "beneficiary",
        "destination",
        "dst",
        "onBehalfOf",
        "receiver",
        "recipient",
        "to",
    };

    /// <summary>Whether a function carries other calls: by its name, and because there is something in its arguments to carry them in.</summary>
    public static bool IsContainer(AbiFunction function) =>
        CallContainers.IsKnown(function.CanonicalSignature)
        || (
            s_containerBeginnings.Any(beginning => function.Name.StartsWith(beginning, StringComparison.Ordinal))
            && Argument.Of(function.Inputs).Any(argument => argument.Type is AbiType.Bytes)
        );

    /// <summary>Whether a function changes who or what decides over a contract or an account.</summary>
    public static bool IsControl(AbiFunction function) => s_control.Contains(function.Name.TrimStart('_'));

    /// <summary>Whether an argument is one to whom something goes.</summary>
    public static bool IsRecipient(Argument argument) =>
        argument.Type is AbiType.AddressType && s_recipients.Contains(argument.Name.Trim('_'));
}
