using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Functions that carry other calls: by what they are called, and by whether there is something in their arguments to carry them in.</summary>
internal static class ContainerFunctions
{
    private static readonly string[] s_beginnings =
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
        "functionCall",
        "functionDelegateCall",
        "redeemDelegations",
        "handleOps",
        "handleAggregatedOps",
    ];

    // SPEC: Multicall3; the Universal Router; Safe (modules, the old multisig); OpenZeppelin (TimelockController, Address); EIP-2771 forwarders; ERC-7579; ERC-4337; ERC-7710.
    private static readonly string[] s_signatures =
    [
        "multicall(bytes32,bytes[])",
        "multiCall(bytes[])",
        "batch(bytes[],bool)",
        "aggregate((address,bytes)[])",
        "tryAggregate(bool,(address,bytes)[])",
        "blockAndAggregate((address,bytes)[])",
        "tryBlockAndAggregate(bool,(address,bytes)[])",
        "aggregate3((address,bool,bytes)[])",
        "aggregate3Value((address,bool,uint256,bytes)[])",
        "execute(bytes,bytes[])",
        "execute(bytes,bytes[],uint256)",
        "execute(address,bytes)",
        "execute((address,address,uint256,uint256,uint256,bytes),bytes)",
        "executeFromExecutor(bytes32,bytes)",
        "executeMetaTransaction(address,bytes,bytes32,bytes32,uint8)",
        "execTransactionFromModule(address,uint256,bytes,uint8)",
        "execTransactionFromModuleReturnData(address,uint256,bytes,uint8)",
        "submitTransaction(address,uint256,bytes)",
        "schedule(address,uint256,bytes,bytes32,bytes32,uint256)",
        "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)",
        "forward(address,bytes)",
        "proxy(address,bytes)",
        "call(address,bytes)",
        "callContract(address,bytes)",
        "functionCall(address,bytes)",
        "cook(uint8[],uint256[],bytes[])",
        "redeemDelegations(bytes[],bytes32[],bytes[])",
        "handleOps((address,uint256,bytes,bytes,uint256,uint256,uint256,uint256,uint256,bytes,bytes)[],address)",
        "handleOps((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes)[],address)",
    ];

    /// <summary>The signatures of those that are known.</summary>
    public static IEnumerable<string> Signatures =>
        s_signatures.Concat(Enum.GetValues<CallContainerKind>().SelectMany(CallContainers.Signatures));

    /// <summary>Whether a function carries other calls, by its name.</summary>
    public static bool Has(AbiFunction function) =>
        CallContainers.IsKnown(function.CanonicalSignature)
        || s_beginnings.Any(beginning => function.Name.TrimStart('_').StartsWith(beginning, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether arguments have the form of calls: bytes beside an address in the same list or tuple, or a list of bytes.</summary>
    /// <param name="bytes">Those of them that may hold something.</param>
    /// <param name="arguments">All of them.</param>
    public static bool HaveForm(IReadOnlyList<Argument> bytes, IReadOnlyList<Argument> arguments)
    {
        var besides = arguments
            .Where(argument => argument.Type is AbiType.AddressType)
            .Select(argument => argument.Beside)
            .ToHashSet(StringComparer.Ordinal);
        return bytes.Any(argument => argument.Steps[^1] == ArgumentPath.All || besides.Contains(argument.Beside));
    }
}
