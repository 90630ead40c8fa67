using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>multiSend(bytes): calls packed one after the other as operation (1 byte), to (20), value (32), length of the data (32), data.</summary>
internal sealed class MultiSendContainer : CallContainer
{
    private const int TargetStart = 1;
    private const int ValueStart = TargetStart + Address.Size;
    private const int LengthStart = ValueStart + UInt256.Size;
    private const int HeadSize = LengthStart + UInt256.Size;

    public override string Limit => "1 to 64 calls, operation 0";

    public override ContainerFault? Read(in ContractCall outer, AbiValue.Tuple arguments, List<ContractCall> calls)
    {
        var data = ((AbiValue.Bytes)arguments.Items[0]).Value;
        while (!data.IsEmpty)
        {
            if (data.Length < HeadSize)
            {
                return Truncated;
            }
            var head = data.Span[..HeadSize];
            if (head[0] != 0)
            {
                return new ContainerFault(
                    DenialReason.FeatureNotAllowed,
                    head[0] == 1 ? "delegatecall, operation 1" : $"operation {head[0]}"
                );
            }
            var target = new Address(head[TargetStart..ValueStart]);
            var value = UInt256.FromBigEndian(head[ValueStart..LengthStart]);
            if (!UInt256.FromBigEndian(head[LengthStart..]).TryToUInt64(out var length) || length > (ulong)(data.Length - HeadSize))
            {
                return Truncated;
            }
            if (Add(calls, new ContractCall(outer.Chain, target, value, data.Slice(HeadSize, (int)length))) is { } fault)
            {
                return fault;
            }
            data = data[(HeadSize + (int)length)..];
        }
        return null;
    }

    private static ContainerFault Truncated => new(DenialReason.Undecodable, "the data ends inside a call");
}
