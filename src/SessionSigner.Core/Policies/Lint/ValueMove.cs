using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A function that moves value, or lets somebody else move it. Places are positions from the list of arguments.</summary>
/// <param name="Danger">What it does, for people.</param>
/// <param name="Party">The one who receives or may take; null if there is none to name.</param>
/// <param name="Amount">How much; null if it takes everything.</param>
internal sealed record ValueMove(string Danger, int[]? Party, int[]? Amount)
{
    private const int All = ArgumentPath.All;
    private const string Later = "lets the spender take the amount later";
    private const string Everything = "lets the spender take everything later";
    private const string Token = "lets the spender take the token later";
    private const string Amounts = "moves the amount";

    /// <summary>What is moved; null if it is the contract's own token.</summary>
    public int[]? TokenAt { get; init; }

    /// <summary>Whether it is allowed at all: true or false.</summary>
    public int[]? Flag { get; init; }

    /// <summary>Which token of a collection.</summary>
    public int[]? Identifier { get; init; }

    /// <summary>When what it allows ends, Unix time.</summary>
    public int[]? Expiry { get; init; }

    // SPEC: ERC-20, ERC-721, ERC-777, ERC-1155, ERC-1363, ERC-2612, ERC-3009, ERC-4494; the permit of DAI; Permit2 (IAllowanceTransfer, ISignatureTransfer).
    private static readonly Dictionary<string, ValueMove> s_moves = new(StringComparer.Ordinal)
    {
        ["approve(address,uint256)"] = new(Later, [0], [1]),
        ["increaseAllowance(address,uint256)"] = new(Later, [0], [1]),
        ["increaseApproval(address,uint256)"] = new(Later, [0], [1]),
        ["approveAndCall(address,uint256)"] = new(Later, [0], [1]),
        ["approveAndCall(address,uint256,bytes)"] = new(Later, [0], [1]),
        ["permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"] = new(Later, [1], [2]),
        ["permit(address,address,uint256,uint256,bytes)"] = new(Later, [1], [2]),
        ["permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)"] = new(Everything, [1], null) { Flag = [4] },
        ["permit(address,uint256,uint256,bytes)"] = new(Token, [0], null) { Identifier = [1] },
        ["permit(address,uint256,uint256,uint8,bytes32,bytes32)"] = new(Token, [0], null) { Identifier = [1] },
        ["authorizeOperator(address)"] = new(Everything, [0], null),
        ["setApprovalForAll(address,bool)"] = new("lets the operator take every token of the collection", [0], null) { Flag = [1] },
        ["transfer(address,uint256)"] = new(Amounts, [0], [1]),
        ["transferAndCall(address,uint256)"] = new(Amounts, [0], [1]),
        ["transferAndCall(address,uint256,bytes)"] = new(Amounts, [0], [1]),
        ["send(address,uint256,bytes)"] = new(Amounts, [0], [1]),
        ["transferFrom(address,address,uint256)"] = new(Amounts, [1], [2]),
        ["transferFromAndCall(address,address,uint256)"] = new(Amounts, [1], [2]),
        ["transferFromAndCall(address,address,uint256,bytes)"] = new(Amounts, [1], [2]),
        ["operatorSend(address,address,uint256,bytes,bytes)"] = new(Amounts, [1], [2]),
        ["transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)"] = new(Amounts, [1], [2]),
        ["receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)"] = new(Amounts, [1], [2]),
        ["safeTransferFrom(address,address,uint256)"] = new("moves the token", [1], [2]),
        ["safeTransferFrom(address,address,uint256,bytes)"] = new("moves the token", [1], [2]),
        ["safeTransferFrom(address,address,uint256,uint256,bytes)"] = new(Amounts, [1], [3]),
        ["safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)"] = new(Amounts, [1], [3, All]),
        // Permit2, allowances.
        ["approve(address,address,uint160,uint48)"] = new(Later, [1], [2]) { TokenAt = [0], Expiry = [3] },
        ["permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)"] = new(Later, [1, 1], [1, 0, 1])
        {
            TokenAt = [1, 0, 0],
            Expiry = [1, 0, 2],
        },
        ["permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)"] = new(Later, [1, 1], [1, 0, All, 1])
        {
            TokenAt = [1, 0, All, 0],
            Expiry = [1, 0, All, 2],
        },
        ["transferFrom(address,address,uint160,address)"] = new(Amounts, [1], [2]) { TokenAt = [3] },
        ["transferFrom((address,address,uint160,address)[])"] = new(Amounts, [0, All, 1], [0, All, 2]) { TokenAt = [0, All, 3] },
        // Permit2, signatures.
        ["permitTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes)"] = new(Amounts, [1, 0], [1, 1])
        {
            TokenAt = [0, 0, 0],
        },
        ["permitTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes)"] = new(
            Amounts,
            [1, All, 0],
            [1, All, 1]
        )
        {
            TokenAt = [0, 0, All, 0],
        },
        ["permitWitnessTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes32,string,bytes)"] = new(
            Amounts,
            [1, 0],
            [1, 1]
        )
        {
            TokenAt = [0, 0, 0],
        },
        ["permitWitnessTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes32,string,bytes)"] = new(
            Amounts,
            [1, All, 0],
            [1, All, 1]
        )
        {
            TokenAt = [0, 0, All, 0],
        },
    };

    /// <summary>What a function moves; null if it is not known to move anything.</summary>
    public static ValueMove? Find(AbiFunction function) => s_moves.GetValueOrDefault(function.CanonicalSignature);
}
