using System.Numerics;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Builds unsigned transactions byte by byte, so that what the decoder and the scope see is not made by the code under test.</summary>
internal sealed record TransactionBuilder
{
    public int Type { get; init; } = 2;

    public BigInteger? ChainId { get; init; } = 1;

    public BigInteger Gas { get; init; } = 100_000;

    public BigInteger Fee { get; init; } = 1_000;

    public BigInteger PriorityFee { get; init; } = 10;

    public string? To { get; init; } = ScopeBuilder.Token;

    public BigInteger Value { get; init; }

    public string Data { get; init; } = "0x";

    public int AccessListEntries { get; init; }

    public int Authorizations { get; init; }

    public BigInteger AuthorizationChain { get; init; } = 1;

    public string AuthorizationDelegate { get; init; } = "0x0000000000000000000000000000000000000000";

    public int Blobs { get; init; }

    public TransactionPayload Build()
    {
        var serialized = Serialize();
        Assert.True(UnsignedTransaction.TryDecode(serialized, out var transaction, out var fault), fault);
        return new TransactionPayload(transaction!);
    }

    public static string Word(BigInteger value)
    {
        var unsigned = value.Sign < 0 ? (BigInteger.One << 256) + value : value;
        return Convert.ToHexStringLower(unsigned.ToByteArray(isUnsigned: true, isBigEndian: true)).PadLeft(64, '0');
    }

    public static string Word(string address) => address[2..].ToLowerInvariant().PadLeft(64, '0');

    private byte[] Serialize()
    {
        var to = To is null ? Text([]) : Text(Convert.FromHexString(To[2..]));
        var data = Text(Convert.FromHexString(Data[2..]));
        byte[][] call = [to, Number(Value), data];
        var accessList = List([.. Enumerable.Repeat(List(Text(new byte[20]), List()), AccessListEntries)]);
        if (Type == 0)
        {
            byte[][] legacy = [Number(0), Number(Fee), Number(Gas), .. call];
            return ChainId is { } id ? List([.. legacy, Number(id), Number(0), Number(0)]) : List(legacy);
        }
        byte[][] head = [Number(ChainId!.Value), Number(0)];
        byte[][] fees = Type == 1 ? [Number(Fee)] : [Number(PriorityFee), Number(Fee)];
        byte[][] tail = Type switch
        {
            3 => [Number(1), List([.. Enumerable.Repeat(Text([1, .. new byte[31]]), Blobs)])],
            4 => [List([.. Enumerable.Repeat(Authorization(), Authorizations)])],
            _ => [],
        };
        return [(byte)Type, .. List([.. head, .. fees, Number(Gas), .. call, accessList, .. tail])];
    }

    private byte[] Authorization() =>
        List(
            Number(AuthorizationChain),
            Text(Convert.FromHexString(AuthorizationDelegate[2..])),
            Number(0),
            Number(0),
            Number(1),
            Number(1)
        );

    private static byte[] Number(BigInteger value) => Text(value.IsZero ? [] : value.ToByteArray(isUnsigned: true, isBigEndian: true));

    private static byte[] Text(byte[] bytes) => bytes is [< 0x80] ? bytes : [.. Header(0x80, bytes.Length), .. bytes];

    private static byte[] List(params byte[][] items)
    {
        byte[] body = [.. items.SelectMany(item => item)];
        return [.. Header(0xc0, body.Length), .. body];
    }

    private static byte[] Header(int offset, int length)
    {
        if (length < 56)
        {
            return [(byte)(offset + length)];
        }
        var size = new BigInteger(length).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [(byte)(offset + 55 + size.Length), .. size];
    }
}
