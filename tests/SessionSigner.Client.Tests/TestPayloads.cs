namespace SessionSigner.Client.Tests;

internal static class TestPayloads
{
    /// <summary>EIP-1559: chain 1, nonce 0, transfer(0x…01, 100) to the token.</summary>
    public static readonly byte[] Transaction = Convert.FromHexString(TransactionHex);

    public const string TransactionHex =
        "02f86d0180843b9aca008477359400830186a094a0b86991c6218b36c1d19d4a2e9eb0ce3606eb4880b844a9059cbb"
        + "0000000000000000000000000000000000000000000000000000000000000001"
        + "0000000000000000000000000000000000000000000000000000000000000064"
        + "c0";

    public const string TypedData = """
        {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"}],
        "Order":[{"name":"maker","type":"address"},{"name":"amount","type":"uint256"}]},
        "primaryType":"Order","domain":{"name":"Venue","chainId":"1"},
        "message":{"maker":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","amount":"100"}}
        """;

    public const string UserOperation = """
        {"sender":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","nonce":"0x0","callData":"0xb61d27f6","callGasLimit":"0x1","verificationGasLimit":"0x1",
        "preVerificationGas":"0x1","maxFeePerGas":"0x1","maxPriorityFeePerGas":"0x1"}
        """;
}
