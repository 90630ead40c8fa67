namespace SessionSigner.Core;

/// <summary>What moves tokens, or lets them be moved, at the token itself.</summary>
internal static class TokenMoves
{
    private const string Token = "lets the spender take the token later";
    private const string Destroyed = "destroys the amount";
    private const string Collection = "lets the operator take every token of the collection";

    // SPEC: ERC-20, ERC-721, ERC-777, ERC-1155, ERC-1363, ERC-2612, ERC-3009 (both forms of signature), ERC-4494, ERC-6909; the permit of DAI; shares of stETH.
    public static IReadOnlyDictionary<string, ValueMove> All { get; } =
        new Dictionary<string, ValueMove>(StringComparer.Ordinal)
        {
            ["approve(address,uint256)"] = new(ValueMove.Later, [0], [1]),
            ["approve(address,uint256,uint256)"] = new(ValueMove.Later, [0], [2]),
            ["increaseAllowance(address,uint256)"] = new(ValueMove.Later, [0], [1]),
            ["safeIncreaseAllowance(address,uint256)"] = new(ValueMove.Later, [0], [1]),
            ["increaseApproval(address,uint256)"] = new(ValueMove.Later, [0], [1]),
            ["approveAndCall(address,uint256)"] = new(ValueMove.Later, [0], [1]),
            ["approveAndCall(address,uint256,bytes)"] = new(ValueMove.Later, [0], [1]),
            ["permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"] = new(ValueMove.Later, [1], [2]),
            ["permit(address,address,uint256,uint256,bytes)"] = new(ValueMove.Later, [1], [2]),
            ["permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)"] = new(ValueMove.Everything, [1], null) { Flag = [4] },
            ["permit(address,uint256,uint256,bytes)"] = new(Token, [0], null) { Identifier = [1] },
            ["permit(address,uint256,uint256,uint8,bytes32,bytes32)"] = new(Token, [0], null) { Identifier = [1] },
            ["authorizeOperator(address)"] = new(ValueMove.Everything, [0], null),
            ["setOperator(address,bool)"] = new(ValueMove.Everything, [0], null) { Flag = [1] },
            ["setApprovalForAll(address,bool)"] = new(Collection, [0], null) { Flag = [1] },
            ["transfer(address,uint256)"] = new(ValueMove.Amounts, [0], [1]),
            ["transfer(address,uint256,uint256)"] = new(ValueMove.Amounts, [0], [2]),
            ["transferAndCall(address,uint256)"] = new(ValueMove.Amounts, [0], [1]),
            ["transferAndCall(address,uint256,bytes)"] = new(ValueMove.Amounts, [0], [1]),
            ["transferShares(address,uint256)"] = new(ValueMove.Amounts, [0], [1]),
            ["transferSharesFrom(address,address,uint256)"] = new(ValueMove.Amounts, [1], [2]),
            ["send(address,uint256,bytes)"] = new(ValueMove.Amounts, [0], [1]),
            ["transferFrom(address,address,uint256)"] = new(ValueMove.Amounts, [1], [2]),
            ["transferFrom(address,address,uint256,uint256)"] = new(ValueMove.Amounts, [1], [3]),
            ["transferFromAndCall(address,address,uint256)"] = new(ValueMove.Amounts, [1], [2]),
            ["transferFromAndCall(address,address,uint256,bytes)"] = new(ValueMove.Amounts, [1], [2]),
            ["operatorSend(address,address,uint256,bytes,bytes)"] = new(ValueMove.Amounts, [1], [2]),
            ["transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)"] = new(
                ValueMove.Amounts,
                [1],
                [2]
            ),
            ["transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)"] = new(ValueMove.Amounts, [1], [2]),
            ["receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)"] = new(
                ValueMove.Amounts,
                [1],
                [2]
            ),
            ["receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)"] = new(ValueMove.Amounts, [1], [2]),
            ["safeTransferFrom(address,address,uint256)"] = new("moves the token", [1], [2]),
            ["safeTransferFrom(address,address,uint256,bytes)"] = new("moves the token", [1], [2]),
            ["safeTransferFrom(address,address,uint256,uint256,bytes)"] = new(ValueMove.Amounts, [1], [3]),
            ["safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)"] = new(ValueMove.Amounts, [1], [3, ValueMove.All]),
            ["burn(uint256)"] = new(Destroyed, null, [0]),
            ["burn(uint256,bytes)"] = new(Destroyed, null, [0]),
            ["burn(address,uint256)"] = new(Destroyed, null, [1]),
            ["burn(address,uint256,uint256)"] = new(Destroyed, null, [2]),
            ["burnFrom(address,uint256)"] = new(Destroyed, null, [1]),
            ["operatorBurn(address,uint256,bytes,bytes)"] = new(Destroyed, null, [1]),
            ["mint(address,uint256)"] = new("makes the amount", [0], [1]),
        };
}
