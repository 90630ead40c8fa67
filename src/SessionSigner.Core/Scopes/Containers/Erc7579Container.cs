using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// execute(bytes32 mode, bytes executionCalldata) of an ERC-7579 account.
/// SPEC: ERC-7579 "execution mode": callType (1 byte), execType (1), unused (4), modeSelector (4), modePayload (22). A single call is
/// abi.encodePacked(target, value, callData), a batch abi.encode(Execution[]).
/// </summary>
internal sealed class Erc7579Container : CallContainer
{
    private const int PackedHeadSize = Address.Size + UInt256.Size;
    private static readonly AbiParameter[] s_batch = Parameters("f((address target, uint256 value, bytes callData)[] executions)");

    public override string Limit => "1 to 64 calls, single (0x00) or batch (0x01), default (0x00) or try (0x01), nothing else in the mode";

    public override ContainerFault? Read(in ContractCall outer, AbiValue.Tuple arguments, List<ContractCall> calls)
    {
        var mode = ((AbiValue.Bytes)arguments.Items[0]).Value.Span;
        var data = ((AbiValue.Bytes)arguments.Items[1]).Value;
        if (mode[0] > 1 || mode[1] > 1 || mode[2..].ContainsAnyExcept((byte)0))
        {
            var shown = mode[0] == 0xff ? "delegatecall, mode 0x" : "mode 0x";
            return new ContainerFault(DenialReason.FeatureNotAllowed, shown + Convert.ToHexStringLower(mode));
        }
        return mode[0] == 0 ? ReadSingle(outer.Chain, data, calls) : ReadBatch(outer.Chain, data, calls);
    }

    private static ContainerFault? ReadSingle(UInt256 chain, ReadOnlyMemory<byte> data, List<ContractCall> calls)
    {
        if (data.Length < PackedHeadSize)
        {
            return new ContainerFault(DenialReason.Undecodable, "the data ends inside the call");
        }
        var target = new Address(data.Span[..Address.Size]);
        var value = UInt256.FromBigEndian(data.Span[Address.Size..PackedHeadSize]);
        return Add(calls, new ContractCall(chain, target, value, data[PackedHeadSize..]));
    }

    private static ContainerFault? ReadBatch(UInt256 chain, ReadOnlyMemory<byte> data, List<ContractCall> calls)
    {
        if (HasTooManyElements(data.Span, 0))
        {
            return TooManyCalls;
        }
        return AbiDecoder.TryDecode(s_batch, data, out var values, out var fault)
            ? Execution.AddAll(chain, (AbiValue.Array)values!.Items[0], calls, Add)
            : new ContainerFault(DenialReason.Undecodable, fault);
    }

    private static AbiParameter[] Parameters(string signature) =>
        AbiFunction.TryParse(signature, out var function, out var fault)
            ? [.. function!.Inputs]
            : throw new InvalidOperationException(fault);
}
