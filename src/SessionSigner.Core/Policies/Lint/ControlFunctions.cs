using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Functions that change who or what decides over a contract or an account.</summary>
internal static class ControlFunctions
{
    // A function with one of these anywhere in its name replaces code or who may replace it.
    private static readonly string[] s_parts = ["upgrade", "implementation", "proxyadmin", "mastercopy"];

    private static readonly HashSet<string> s_names = new(StringComparer.Ordinal)
    {
        "addAdmin",
        "addMinter",
        "addOwner",
        "addOwnerAddress",
        "addOwnerPublicKey",
        "addOwnerWithThreshold",
        "beginDefaultAdminTransfer",
        "changeAdmin",
        "changeOwner",
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
    };

    /// <summary>The signatures that they usually have.</summary>
    public static IReadOnlyList<string> Signatures { get; } =
    [
        "addAdmin(address)",
        "addMinter(address)",
        "addOwner(address)",
        "addOwnerAddress(address)",
        "addOwnerPublicKey(bytes32,bytes32)",
        "addOwnerWithThreshold(address,uint256)",
        "beginDefaultAdminTransfer(address)",
        "changeAdmin(address)",
        "changeMasterCopy(address)",
        "changeOwner(address)",
        "changeProxyAdmin(address,address)",
        "changeThreshold(uint256)",
        "configureMinter(address,uint256)",
        "diamondCut((address,uint8,bytes4[])[],address,bytes)",
        "disableModule(address,address)",
        "enableModule(address)",
        "grantRole(bytes32,address)",
        "initialize()",
        "initialize(address)",
        "installModule(uint256,address,bytes)",
        "proposeOwner(address)",
        "removeOwner(address)",
        "removeOwner(address,address,uint256)",
        "rely(address)",
        "replaceOwner(address,address)",
        "setAdmin(address)",
        "setAuthority(address)",
        "setBeacon(address)",
        "setCode(bytes)",
        "setFallbackHandler(address)",
        "setGuard(address)",
        "setImplementation(address)",
        "setMinter(address)",
        "setModuleGuard(address)",
        "setOwner(address)",
        "setPendingAdmin(address)",
        "setPendingOwner(address)",
        "setRoleAdmin(bytes32,bytes32)",
        "setSigner(address)",
        "swapOwner(address,address,address)",
        "transferOwnership(address)",
        "transferProxyOwnership(address)",
        "uninstallModule(uint256,address,bytes)",
        "upgrade(address,address)",
        "upgradeAndCall(address,address,bytes)",
        "upgradeTo(address)",
        "upgradeToAndCall(address,bytes)",
        "_setImplementation(address)",
        "_setImplementation(address,bool,bytes)",
        "_setPendingAdmin(address)",
        "_setPendingImplementation(address)",
    ];

    /// <summary>Whether a function is one, by its name.</summary>
    public static bool Has(AbiFunction function) =>
        s_names.Contains(function.Name.TrimStart('_'))
        || s_parts.Any(part => function.Name.Replace("_", "", StringComparison.Ordinal).Contains(part, StringComparison.OrdinalIgnoreCase));
}
