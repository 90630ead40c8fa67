namespace SessionSigner.Core;

/// <summary>What moves tokens, or lets them be moved, at Permit2.</summary>
internal static class Permit2Moves
{
    // SPEC: Permit2, IAllowanceTransfer and ISignatureTransfer.
    public static IReadOnlyDictionary<string, ValueMove> All { get; } =
        new Dictionary<string, ValueMove>(StringComparer.Ordinal)
        {
            // Permit2, allowances.
            ["approve(address,address,uint160,uint48)"] = new(ValueMove.Later, [1], [2]) { TokenAt = [0], Expiry = [3] },
            ["permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)"] = new(ValueMove.Later, [1, 1], [1, 0, 1])
            {
                TokenAt = [1, 0, 0],
                Expiry = [1, 0, 2],
            },
            ["permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)"] = new(
                ValueMove.Later,
                [1, 1],
                [1, 0, ValueMove.All, 1]
            )
            {
                TokenAt = [1, 0, ValueMove.All, 0],
                Expiry = [1, 0, ValueMove.All, 2],
            },
            ["transferFrom(address,address,uint160,address)"] = new(ValueMove.Amounts, [1], [2]) { TokenAt = [3] },
            ["transferFrom((address,address,uint160,address)[])"] = new(ValueMove.Amounts, [0, ValueMove.All, 1], [0, ValueMove.All, 2])
            {
                TokenAt = [0, ValueMove.All, 3],
            },
            // Permit2, signatures.
            ["permitTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes)"] = new(
                ValueMove.Amounts,
                [1, 0],
                [1, 1]
            )
            {
                TokenAt = [0, 0, 0],
            },
            ["permitTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes)"] = new(
                ValueMove.Amounts,
                [1, ValueMove.All, 0],
                [1, ValueMove.All, 1]
            )
            {
                TokenAt = [0, 0, ValueMove.All, 0],
            },
            ["permitWitnessTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes32,string,bytes)"] = new(
                ValueMove.Amounts,
                [1, 0],
                [1, 1]
            )
            {
                TokenAt = [0, 0, 0],
            },
            ["permitWitnessTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes32,string,bytes)"] = new(
                ValueMove.Amounts,
                [1, ValueMove.All, 0],
                [1, ValueMove.All, 1]
            )
            {
                TokenAt = [0, 0, ValueMove.All, 0],
            },
        };
}
