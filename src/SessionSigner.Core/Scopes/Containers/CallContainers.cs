using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>The functions that can be looked into, by kind and canonical signature.</summary>
internal static class CallContainers
{
    private static readonly Dictionary<(CallContainerKind Kind, string Signature), CallContainer> s_containers = new()
    {
        [(CallContainerKind.Multicall, "multicall(bytes[])")] = new MulticallContainer(0),
        [(CallContainerKind.Multicall, "multicall(uint256,bytes[])")] = new MulticallContainer(1),
        [(CallContainerKind.Erc7579, "execute(bytes32,bytes)")] = new Erc7579Container(),
        [(CallContainerKind.Account, "execute(address,uint256,bytes)")] = new AccountContainer(),
        [(CallContainerKind.Account, "executeBatch(address[],bytes[])")] = new AccountArraysContainer(hasValues: false),
        [(CallContainerKind.Account, "executeBatch(address[],uint256[],bytes[])")] = new AccountArraysContainer(hasValues: true),
        [(CallContainerKind.Account, "executeBatch((address,uint256,bytes)[])")] = new AccountBatchContainer(),
        [(CallContainerKind.Safe, "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)")] =
            new SafeContainer(),
        [(CallContainerKind.MultiSend, "multiSend(bytes)")] = new MultiSendContainer(),
    };

    /// <summary>The container of a function; null if functions of this kind do not have the signature.</summary>
    public static CallContainer? Find(CallContainerKind kind, string signature) => s_containers.GetValueOrDefault((kind, signature));

    /// <summary>Whether a function of any kind has the signature.</summary>
    public static bool IsKnown(string signature) => s_containers.Keys.Any(key => key.Signature == signature);

    /// <summary>The functions of a kind.</summary>
    public static IEnumerable<CarryingFunction> Functions(CallContainerKind kind)
    {
        foreach (var signature in Signatures(kind))
        {
            yield return AbiFunction.TryParse(signature, out var function, out var fault)
                ? new CarryingFunction(function!, s_containers[(kind, signature)])
                : throw new InvalidOperationException(fault);
        }
    }

    /// <summary>The signatures of a kind.</summary>
    public static IEnumerable<string> Signatures(CallContainerKind kind) =>
        s_containers.Keys.Where(key => key.Kind == kind).Select(key => key.Signature);
}
