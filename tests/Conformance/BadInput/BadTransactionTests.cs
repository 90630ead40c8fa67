using System.Numerics;
using System.Text;
using Google.Protobuf;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Transactions that mean nothing, two things, or something else than they seem to.</summary>
[Collection(DaemonCollection.Name)]
public class BadTransactionTests(DaemonFixture daemon)
{
    private static readonly (string What, byte[] Bytes, DenialReason Reason, string Observed)[] s_rows =
    [
        .. Array.ConvertAll<int, (string, byte[], DenialReason, string)>(
            [1, 31, 32, 33, 64, 200, 65_536],
            size => ($"a digest of {size} zeros", new byte[size], DenialReason.Undecodable, "")
        ),
        ("a digest of ones", [.. Enumerable.Repeat((byte)0xFF, 32)], DenialReason.Undecodable, "transaction: not one canonical"),
        ("hexadecimal digits", Encoding.ASCII.GetBytes(Convert.ToHexString(new Transfer().Encode())), DenialReason.Undecodable, "type"),
        ("a byte after the end", [.. new Transfer().Encode(), 0], DenialReason.Undecodable, "transaction: bytes follow it"),
        ("a byte too few", new Transfer().Encode()[..^1], DenialReason.Undecodable, "transaction"),
        ("long form of a short list", [2, 0xF8, 3, 1, 2, 3], DenialReason.Undecodable, "transaction: not one canonical RLP list"),
        ("length with a leading zero", [2, 0xF9, 0, 60, .. new byte[60]], DenialReason.Undecodable, "transaction: not one canonical"),
        ("length of 2^64-1", [2, 0xFF, .. Enumerable.Repeat((byte)0xFF, 8)], DenialReason.Undecodable, "transaction: not one canonical"),
        ("nested 10,000 deep", [2, .. Nested(10_000)], DenialReason.Undecodable, ""),
        ("an integer with a leading zero", Encode(nonce: [0x82, 0, 1]), DenialReason.Undecodable, "nonce: not a canonical"),
        ("chain 0", Encode(chain: [0x80]), DenialReason.Undecodable, "chain_id: 0 is no chain"),
        (
            "chain 2^64 + the right one",
            Encode(chain: Number(BigInteger.Pow(2, 64) + 31337)),
            DenialReason.ChainNotAllowed,
            "18446744073709582953"
        ),
        ("chain 2^256", Encode(chain: Number(BigInteger.Pow(2, 256))), DenialReason.Undecodable, "chain_id"),
        ("no chain", Legacy(), DenialReason.ChainNotAllowed, ""),
        ("a short address", Encode(to: Transfer.Bytes(new byte[19])), DenialReason.Undecodable, "to: not 20 bytes"),
        ("a contract creation", Encode(to: [0x80]), DenialReason.ContractCreation, ""),
        ("a large access list", Encode(accessList: AccessList(5_000)), DenialReason.FeatureNotAllowed, "5000 access list entries"),
        ("authorizations", [4, .. Encode(more: [Transfer.List(Authorization())])[1..]], DenialReason.FeatureNotAllowed, ""),
        (
            "blobs",
            [3, .. Encode(more: [Transfer.Integer(1), Transfer.List(Transfer.Bytes([1, .. new byte[31]]))])[1..]],
            DenialReason.FeatureNotAllowed,
            ""
        ),
        ("an unlimited approval", Call("095ea7b3", Policies.Stranger, Max), DenialReason.FunctionNotAllowed, "0x095ea7b3"),
        ("a permit", Call("d505accf", Policies.Stranger, Max), DenialReason.FunctionNotAllowed, "0xd505accf"),
        ("transferFrom", Call("23b872dd", Policies.Stranger, 1), DenialReason.FunctionNotAllowed, "0x23b872dd"),
        ("a transfer inside a multicall", Data("ac9650d8", Wrapped()), DenialReason.FunctionNotAllowed, "0xac9650d8"),
        ("a transfer inside an execute", Data("b61d27f6", Wrapped()), DenialReason.FunctionNotAllowed, "0xb61d27f6"),
        (
            "a transfer behind a transfer",
            Data("a9059cbb", [.. Arguments(), .. Arguments()]),
            DenialReason.Undecodable,
            "arguments of another length"
        ),
        ("a selector alone", Data("a9059cbb", []), DenialReason.Undecodable, ""),
        ("arguments short of a byte", Data("a9059cbb", Arguments()[..63]), DenialReason.Undecodable, ""),
        (
            "dirty bits above an address",
            Data("a9059cbb", [1, .. Arguments()[1..]]),
            DenialReason.Undecodable,
            "arguments of another length or with bits"
        ),
        ("wei for gwei", new Transfer { Fee = 2_000_000_000_000_000_000 }.Encode(), DenialReason.FeeExceeded, "2000000000000000000"),
        ("the largest amount", new Transfer { Amount = Max }.Encode(), DenialReason.ConstraintUnmet, Max.ToString()),
    ];

    private static BigInteger Max => BigInteger.Pow(2, 256) - 1;

    public static TheoryData<string> Rows => [.. s_rows.Select(row => row.What)];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Is_refused_with_what_was_seen(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var (_, bytes, reason, observed) = s_rows.Single(row => row.What == what);
        var denial = await Refusal.DenialOfAsync(daemon.Alice.SignAsync(probe.Id, bytes), reason);
        Assert.Contains(observed, denial.Observed, StringComparison.Ordinal);
        var evaluated = await EvaluateAsync(new EvaluateRequest { SessionId = probe.Id, UnsignedTransaction = ByteString.CopyFrom(bytes) });
        Assert.Equal((denial.Rule, denial.Observed), (evaluated.Rule, evaluated.Observed));
        await probe.AssertUnharmedAsync();
    }

    /// <summary>The rows differ from this in one thing each.</summary>
    [Fact]
    public async Task What_the_rows_are_made_from_is_signed()
    {
        await using var probe = await Probe.OpenAsync(daemon);
        await daemon.Alice.SignAsync(probe.Id, Encode());
        await daemon.Alice.SignAsync(probe.Id, Data("a9059cbb", Arguments()));
    }

    private async Task<Denial> EvaluateAsync(EvaluateRequest request) =>
        (await daemon.Alice.Signing.EvaluateAsync(request, Caller.Options())).Denial;

    private static byte[] Encode(
        byte[]? chain = null,
        byte[]? nonce = null,
        byte[]? to = null,
        byte[]? data = null,
        byte[]? accessList = null,
        byte[][]? more = null
    ) =>
        [
            2,
            .. Transfer.List([
                chain ?? Transfer.Integer(31337),
                nonce ?? Transfer.Integer(0),
                Transfer.Integer(1_000_000_000),
                Transfer.Integer(2_000_000_000),
                Transfer.Integer(60_000),
                to ?? Transfer.Bytes(Transfer.Address(Policies.Token)),
                Transfer.Integer(0),
                data ?? Transfer.Bytes([0xA9, 0x05, 0x9C, 0xBB, .. Arguments()]),
                accessList ?? Transfer.List(),
                .. more ?? [],
            ]),
        ];

    private static byte[] Legacy() =>
        Transfer.List(
            Transfer.Integer(0),
            Transfer.Integer(2_000_000_000),
            Transfer.Integer(60_000),
            Transfer.Bytes(Transfer.Address(Policies.Token)),
            Transfer.Integer(0),
            Transfer.Bytes([0xA9, 0x05, 0x9C, 0xBB, .. Arguments()])
        );

    private static byte[] Data(string selector, byte[] arguments) =>
        Encode(data: Transfer.Bytes([.. Convert.FromHexString(selector), .. arguments]));

    private static byte[] Call(string selector, string address, BigInteger amount) =>
        new Transfer
        {
            Selector = selector,
            Recipient = address,
            Amount = amount,
        }.Encode();

    private static byte[] Arguments() => [.. new byte[12], .. Transfer.Address(Policies.Recipient), .. Transfer.Word(100)];

    // One call in an array of calls, as ABI encoding has it.
    private static byte[] Wrapped() =>
        [
            .. Transfer.Word(32),
            .. Transfer.Word(1),
            .. Transfer.Word(32),
            .. Transfer.Word(68),
            .. Convert.FromHexString("a9059cbb"),
            .. Arguments(),
            .. new byte[28],
        ];

    private static byte[] AccessList(int entries) =>
        Transfer.List([.. Enumerable.Repeat(Transfer.List(Transfer.Bytes(Transfer.Address(Policies.Token)), Transfer.List()), entries)]);

    private static byte[] Authorization() =>
        Transfer.List(
            Transfer.Integer(31337),
            Transfer.Bytes(Transfer.Address(Policies.Stranger)),
            Transfer.Integer(0),
            Transfer.Integer(0),
            Transfer.Bytes([.. Enumerable.Repeat((byte)1, 32)]),
            Transfer.Bytes([.. Enumerable.Repeat((byte)1, 32)])
        );

    private static byte[] Number(BigInteger value) => Transfer.Bytes(value.ToByteArray(isUnsigned: true, isBigEndian: true));

    private static byte[] Nested(int depth)
    {
        byte[] nested = [0xC0];
        for (var i = 1; i < depth; i++)
        {
            nested = Transfer.List(nested);
        }
        return nested;
    }
}
