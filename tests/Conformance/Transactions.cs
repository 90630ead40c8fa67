using System.Globalization;
using System.Numerics;

namespace Conformance;

/// <summary>Unsigned EIP-1559 token transfers, encoded here and not by the code under test.</summary>
internal sealed record Transfer
{
    public long Chain { get; init; } = long.Parse(Policies.Chain, CultureInfo.InvariantCulture);
    public long Nonce { get; init; }
    public long PriorityFee { get; init; } = 1_000_000_000;
    public long Fee { get; init; } = 2_000_000_000;
    public long Gas { get; init; } = 60_000;
    public string? To { get; init; } = Policies.Token;
    public long Value { get; init; }
    public string Selector { get; init; } = "a9059cbb";
    public string Recipient { get; init; } = Policies.Recipient;
    public BigInteger Amount { get; init; } = 100;

    /// <summary>Other calldata than a transfer's.</summary>
    public byte[]? Data { get; init; }

    /// <summary>Calldata of the transfer.</summary>
    public byte[] TransferData => [.. Convert.FromHexString(Selector), .. new byte[12], .. Address(Recipient), .. Word(Amount)];

    public byte[] Encode() =>
        [
            2,
            .. List(
                Integer(Chain),
                Integer(Nonce),
                Integer(PriorityFee),
                Integer(Fee),
                Integer(Gas),
                Bytes(To is null ? [] : Address(To)),
                Integer(Value),
                Bytes(Data ?? TransferData),
                List()
            ),
        ];

    public static byte[] Address(string text) => Convert.FromHexString(text.AsSpan(2));

    public static byte[] Word(BigInteger value)
    {
        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }

    public static byte[] Integer(long value) =>
        Bytes(value == 0 ? [] : new BigInteger(value).ToByteArray(isUnsigned: true, isBigEndian: true));

    public static byte[] Bytes(byte[] value) => value is [< 0x80] ? value : [.. Prefix(0x80, value.Length), .. value];

    public static byte[] List(params byte[][] items)
    {
        byte[] body = [.. items.SelectMany(item => item)];
        return [.. Prefix(0xC0, body.Length), .. body];
    }

    private static byte[] Prefix(int start, int length)
    {
        if (length < 56)
        {
            return [(byte)(start + length)];
        }
        var size = new BigInteger(length).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [(byte)(start + 55 + size.Length), .. size];
    }
}

/// <summary>EIP-712 orders.</summary>
internal sealed record Order
{
    public string Exchange { get; init; } = Policies.Exchange;
    public string Token { get; init; } = Policies.Token;
    public string Amount { get; init; } = "100";
    public string Nonce { get; init; } = "1";
    public string Type { get; init; } = "Order";

    public string ToJson() =>
        $$"""
            {
              "types": {
                "EIP712Domain": [
                  {"name": "name", "type": "string"}, {"name": "version", "type": "string"},
                  {"name": "chainId", "type": "uint256"}, {"name": "verifyingContract", "type": "address"}
                ],
                "{{Type}}": [
                  {"name": "maker", "type": "address"}, {"name": "token", "type": "address"},
                  {"name": "amount", "type": "uint256"}, {"name": "nonce", "type": "uint256"}
                ]
              },
              "primaryType": "{{Type}}",
              "domain": {"name": "Exchange", "version": "1", "chainId": {{Policies.Chain}}, "verifyingContract": "{{Exchange}}"},
              "message": {"maker": "{{Policies.Account}}", "token": "{{Token}}", "amount": "{{Amount}}", "nonce": "{{Nonce}}"}
            }
            """;
}
