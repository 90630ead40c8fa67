using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>execute(address,uint256,bytes) of an ERC-4337 account.</summary>
internal sealed class AccountContainer : CallContainer
{
    public override string Limit => "one call";

    public override ContainerFault? Read(in ContractCall outer, AbiValue.Tuple arguments, List<ContractCall> calls) =>
        Add(calls, Execution.Of(outer.Chain, arguments.Items));
}

/// <summary>executeBatch((address,uint256,bytes)[]) of an ERC-4337 account.</summary>
internal sealed class AccountBatchContainer : CallContainer
{
    public override string Limit => "1 to 64 calls";

    protected override int ArrayPosition => 0;

    public override ContainerFault? Read(in ContractCall outer, AbiValue.Tuple arguments, List<ContractCall> calls) =>
        Execution.AddAll(outer.Chain, (AbiValue.Array)arguments.Items[0], calls, Add);
}

/// <summary>executeBatch(address[],bytes[]) and executeBatch(address[],uint256[],bytes[]) of ERC-4337 accounts: arrays side by side.</summary>
internal sealed class AccountArraysContainer(bool hasValues) : CallContainer
{
    public override string Limit => "1 to 64 calls, arrays of the same length";

    protected override int ArrayPosition => 0;

    public override ContainerFault? Read(in ContractCall outer, AbiValue.Tuple arguments, List<ContractCall> calls)
    {
        var arrays = arguments.Items.Select(item => ((AbiValue.Array)item).Items).ToArray();
        if (arrays.Any(array => array.Count != arrays[0].Count))
        {
            return new ContainerFault(DenialReason.Undecodable, "arrays of different lengths");
        }
        for (var i = 0; i < arrays[0].Count; i++)
        {
            var target = ((AbiValue.AddressValue)arrays[0][i]).Value;
            var value = hasValues ? ((AbiValue.Uint)arrays[1][i]).Value : UInt256.Zero;
            if (Add(calls, new ContractCall(outer.Chain, target, value, ((AbiValue.Bytes)arrays[^1][i]).Value)) is { } fault)
            {
                return fault;
            }
        }
        return null;
    }
}

/// <summary>A call as (address target, uint256 value, bytes data).</summary>
internal static class Execution
{
    public static ContractCall Of(UInt256 chain, IReadOnlyList<AbiValue> items) =>
        new(chain, ((AbiValue.AddressValue)items[0]).Value, ((AbiValue.Uint)items[1]).Value, ((AbiValue.Bytes)items[2]).Value);

    public static ContainerFault? AddAll(
        UInt256 chain,
        AbiValue.Array executions,
        List<ContractCall> calls,
        Func<List<ContractCall>, ContractCall, ContainerFault?> add
    )
    {
        foreach (var execution in executions.Items)
        {
            if (add(calls, Of(chain, ((AbiValue.Tuple)execution).Items)) is { } fault)
            {
                return fault;
            }
        }
        return null;
    }
}
