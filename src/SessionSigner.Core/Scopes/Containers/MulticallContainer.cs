using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// multicall(bytes[]), with or without a deadline before it: the contract delegates each element to itself. A delegated call keeps the value of the
/// outer one, so each of them sees all of it.
/// </summary>
internal sealed class MulticallContainer(int position) : CallContainer
{
    public override string Limit => "1 to 64 calls of the contract itself";

    protected override int ArrayPosition => position;

    public override ContainerFault? Read(in ContractCall outer, AbiValue.Tuple arguments, List<ContractCall> calls)
    {
        foreach (var item in ((AbiValue.Array)arguments.Items[position]).Items)
        {
            if (Add(calls, outer with { Data = ((AbiValue.Bytes)item).Value }) is { } fault)
            {
                return fault;
            }
        }
        return null;
    }
}
