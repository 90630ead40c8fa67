namespace SessionSigner.Core;

/// <summary>What moves tokens, or lets them be moved, at wrappers, vaults, lenders, routers and bridges.</summary>
internal static class VaultMoves
{
    private const string Debt = "lets the delegatee borrow the amount later";
    private const string Managed = "lets the manager move everything later";
    private const string Converted = "turns the amount into something else";

    // SPEC: WETH9; ERC-4626; cTokens; Aave (withdraw, credit delegation); Morpho (setAuthorization); Compound III (allow); the periphery of Uniswap; CCTP.
    public static IReadOnlyDictionary<string, ValueMove> All { get; } =
        new Dictionary<string, ValueMove>(StringComparer.Ordinal)
        {
            ["deposit(uint256,address)"] = new(ValueMove.Amounts, [1], [0]),
            ["mint(uint256,address)"] = new(ValueMove.Amounts, [1], [0]),
            ["mint(uint256)"] = new(Converted, null, [0]),
            ["withdraw(uint256)"] = new(Converted, null, [0]),
            ["withdraw(uint256,address,address)"] = new(ValueMove.Amounts, [1], [0]),
            ["withdraw(address,uint256,address)"] = new(ValueMove.Amounts, [2], [1]) { TokenAt = [0] },
            ["withdrawTo(address,uint256)"] = new(ValueMove.Amounts, [0], [1]),
            ["redeem(uint256)"] = new(Converted, null, [0]),
            ["redeemUnderlying(uint256)"] = new(Converted, null, [0]),
            ["redeem(uint256,address,address)"] = new(ValueMove.Amounts, [1], [0]),
            ["approveDelegation(address,uint256)"] = new(Debt, [0], [1]),
            ["setAuthorization(address,bool)"] = new(Managed, [0], null) { Flag = [1] },
            ["setAuthorizationWithSig((address,address,bool,uint256,uint256),(uint8,bytes32,bytes32))"] = new(Managed, [0, 1], null)
            {
                Flag = [0, 2],
            },
            ["allow(address,bool)"] = new(Managed, [0], null) { Flag = [1] },
            ["allowBySig(address,address,bool,uint256,uint256,uint8,bytes32,bytes32)"] = new(Managed, [1], null) { Flag = [2] },
            ["approve(address,address,uint256)"] = new(ValueMove.Later, [1], [2]) { TokenAt = [0] },
            ["transferERC20(address,address,uint256)"] = new(ValueMove.Amounts, [1], [2]) { TokenAt = [0] },
            // How much is what the contract holds of it: which token is the only bound.
            ["sweepToken(address,uint256,address)"] = new("moves all of a token that is there", [2], null)
            {
                TokenAt = [0],
                Identifier = [0],
            },
            ["depositForBurn(uint256,uint32,bytes32,address)"] = new(ValueMove.Amounts, [2], [0]) { TokenAt = [3] },
        };
}
