using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// execTransaction of a Safe: to, value, data, operation, safeTxGas, baseGas, gasPrice, gasToken, refundReceiver, signatures. With a gas price the Safe
/// pays whoever sends the transaction, in a token of the sender's choice: that is a transfer that no permission sees.
/// </summary>
internal sealed class SafeContainer : CallContainer
{
    private const int OperationPosition = 3;
    private const int GasPricePosition = 6;

    public override string Limit => "one call, operation 0, gasPrice 0";

    public override ContainerFault? Read(in ContractCall outer, AbiValue.Tuple arguments, List<ContractCall> calls)
    {
        var operation = ((AbiValue.Uint)arguments.Items[OperationPosition]).Value;
        if (!operation.IsZero)
        {
            return new ContainerFault(
                DenialReason.FeatureNotAllowed,
                operation == UInt256.One ? "delegatecall, operation 1" : $"operation {operation}"
            );
        }
        var gasPrice = ((AbiValue.Uint)arguments.Items[GasPricePosition]).Value;
        return gasPrice.IsZero
            ? Add(calls, Execution.Of(outer.Chain, arguments.Items))
            : new ContainerFault(DenialReason.FeatureNotAllowed, $"gasPrice {gasPrice}");
    }
}
