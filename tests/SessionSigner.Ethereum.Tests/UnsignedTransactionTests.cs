using System.Numerics;
using FsCheck.Xunit;

namespace SessionSigner.Ethereum.Tests;

public class UnsignedTransactionTests
{
    private static readonly byte[] To = Rlp.Text(Enumerable.Repeat((byte)0xbb, 20).ToArray());
    private static readonly byte[] None = Rlp.Text();
    private static readonly byte[] Empty = Rlp.Items();

    [Fact]
    public void Fields_of_an_ERC20_transfer()
    {
        var calldata = Vector.Bytes("0xa9059cbb" + new string('0', 24) + new string('c', 40) + new string('0', 62) + "64");
        var transaction = Decode([2, .. DynamicFee(data: Rlp.Text(calldata))]);
        Assert.Equal(TransactionType.DynamicFee, transaction.Type);
        Assert.Equal((UInt256)1, transaction.ChainId);
        Assert.Equal((UInt256)7, transaction.Nonce);
        Assert.Equal((UInt256)2, transaction.MaxPriorityFeePerGas);
        Assert.Equal((UInt256)30, transaction.MaxFeePerGas);
        Assert.Equal(UInt256.Zero, transaction.GasPrice);
        Assert.Equal((UInt256)60_000, transaction.GasLimit);
        Assert.Equal("0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB", transaction.To.ToString());
        Assert.Equal(UInt256.Zero, transaction.Value);
        Assert.Equal(calldata, transaction.Data.ToArray());
    }

    [Property(Arbitrary = [typeof(UInt256Tests.Generators)], MaxTest = 500)]
    public bool What_is_encoded_is_decoded(UInt256 chainId, ulong nonce, UInt256 fee, UInt256 value, byte[] data, bool creates)
    {
        byte[][] fields =
        [
            Rlp.Number(chainId),
            Rlp.Number(nonce),
            Rlp.Number(value),
            Rlp.Number(fee),
            Rlp.Number(nonce),
            creates ? None : To,
            Rlp.Number(value),
            Rlp.Text(data),
            Empty,
        ];
        var isDecoded = UnsignedTransaction.TryDecode([2, .. Rlp.Items(fields)], out var transaction, out _);
        return isDecoded
            ? transaction!.ChainId == chainId
                && transaction.Nonce == (UInt256)nonce
                && transaction.GasLimit == (UInt256)nonce
                && transaction.MaxFeePerGas == fee
                && transaction.MaxPriorityFeePerGas == value
                && transaction.Value == value
                && transaction.To is null == creates
                && transaction.Data.Span.SequenceEqual(data)
            : chainId.IsZero || nonce == ulong.MaxValue;
    }

    [Fact]
    public void Decoding_a_transfer_allocates_the_result_only()
    {
        byte[] serialized = [2, .. DynamicFee(data: Rlp.Text(new byte[68]))];
        Decode(serialized);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(UnsignedTransaction.TryDecode(serialized, out _, out _));
        }
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 700);
    }

    [Fact]
    public void Legacy_with_and_without_chain_id()
    {
        byte[][] fields = [Rlp.Number(1), Rlp.Number(5), Rlp.Number(21_000), To, Rlp.Number(3), None];
        var before = Decode(Rlp.Items(fields));
        Assert.Null(before.ChainId);
        Assert.Equal((UInt256)5, before.GasPrice);
        Assert.Equal((UInt256)5, before.MaxFeePerGas);
        Assert.Equal((UInt256)5, before.MaxPriorityFeePerGas);
        var after = Decode(Rlp.Items([.. fields, Rlp.Number(5), None, None]));
        Assert.Equal((UInt256)5, after.ChainId);
        Assert.NotEqual(before.SigningHash, after.SigningHash);
    }

    [Fact]
    public void V_of_the_largest_chain_id_takes_33_bytes()
    {
        var transaction = Decode(
            Rlp.Items(Rlp.Number(1), Rlp.Number(5), Rlp.Number(21_000), To, None, None, Rlp.Number(UInt256.MaxValue), None, None)
        );
        var signature = new byte[65];
        signature[31] = signature[63] = signature[64] = 1;
        var v = (2 * ((BigInteger.One << 256) - 1)) + 36;
        var expected = Rlp.Items(
            Rlp.Number(1),
            Rlp.Number(5),
            Rlp.Number(21_000),
            To,
            None,
            None,
            Rlp.Text(v.ToByteArray(isUnsigned: true, isBigEndian: true)),
            Rlp.Number(1),
            Rlp.Number(1)
        );
        Assert.Equal(Vector.Hex(expected), Vector.Hex(transaction.EncodeSigned(signature)));
    }

    [Fact]
    public void Lists_are_counted()
    {
        var key = Rlp.Text(new byte[32]);
        var accessList = Rlp.Items(Rlp.Items(To, Rlp.Items(key, key)), Rlp.Items(To, Empty));
        Assert.Equal(2, Decode([2, .. DynamicFee(accessList: accessList)]).AccessListCount);

        var blob = Decode([3, .. DynamicFee(extra: [Rlp.Number(9), Rlp.Items(key, key, key)])]);
        Assert.Equal(3, blob.BlobHashCount);
        Assert.Equal((UInt256)9, blob.MaxFeePerBlobGas);

        var authorization = Rlp.Items(Rlp.Number(1), To, Rlp.Number(1), Rlp.Number(1), Rlp.Number(UInt256.MaxValue), Rlp.Number(1));
        var carried = Assert.Single(Decode([4, .. DynamicFee(extra: [Rlp.Items(authorization)])]).Authorizations);
        Assert.Equal((UInt256.One, UInt256.One), (carried.ChainId, carried.Nonce));
    }

    [Fact]
    public void Contract_creation_has_no_recipient() => Assert.Null(Decode([2, .. DynamicFee(to: None)]).To);

    public static TheoryData<string, byte[], string> Refused()
    {
        var address = Enumerable.Repeat((byte)0xbb, 20).ToArray();
        var legacy = new[] { Rlp.Number(1), Rlp.Number(5), Rlp.Number(21_000), To, None, None };
        var nested = Enumerable.Range(0, 10_000).Aggregate(Empty, (inner, _) => Rlp.Items(inner));
        return new()
        {
            { "nothing", [], "transaction: empty" },
            { "one byte", [2], "transaction: not one canonical RLP list" },
            { "unknown type 0", [0, .. DynamicFee()], "type: unknown" },
            { "unknown type 5", [5, .. DynamicFee()], "type: unknown" },
            { "unknown type 0x7f", [0x7f, .. DynamicFee()], "type: unknown" },
            { "an RLP string", Rlp.Text(new byte[40]), "type: unknown" },
            { "trailing byte", [2, .. DynamicFee(), 0], "transaction: bytes follow it" },
            { "truncated", [2, .. DynamicFee()[..^1]], "transaction: not one canonical RLP list" },
            { "long form of a short list", [2, 0xf8, 3, 1, 2, 3], "transaction: not one canonical RLP list" },
            { "length with a leading zero", [2, 0xf9, 0, 60, .. new byte[60]], "transaction: not one canonical RLP list" },
            { "length of 2^64-1", [2, 0xff, .. Enumerable.Repeat((byte)0xff, 8)], "transaction: not one canonical RLP list" },
            { "length of 2^24", [2, 0xfb, 1, 0, 0, 0], "transaction: not one canonical RLP list" },
            { "nested 10,000 deep", nested, "nonce: not a canonical integer of at most 64 bits" },
            { "one field", [2, .. Rlp.Items(Rlp.Number(1))], "nonce: not a canonical integer of at most 64 bits" },
            { "one field too few", [2, .. Rlp.Items(DynamicFeeFields()[..^1])], "access_list: not a list" },
            { "one field too many", [2, .. DynamicFee(extra: [None])], "transaction: more fields than its type has" },
            { "7 legacy fields", Rlp.Items([.. legacy, Rlp.Number(1)]), "r: not a canonical integer of at most 256 bits" },
            {
                "signed legacy",
                Rlp.Items([.. legacy, Rlp.Number(37), Rlp.Number(1), Rlp.Number(1)]),
                "r: not 0: the transaction looks signed"
            },
            { "10 legacy fields", Rlp.Items([.. legacy, Rlp.Number(1), None, None, None]), "transaction: more fields than its type has" },
            { "chain id 0", [2, .. DynamicFee(chainId: None)], "chain_id: 0 is no chain" },
            { "legacy chain id 0", Rlp.Items([.. legacy, None, None, None]), "chain_id: 0 is no chain" },
            {
                "chain id with a leading zero",
                [2, .. DynamicFee(chainId: Rlp.Text(0, 1))],
                "chain_id: not a canonical integer of at most 256 bits"
            },
            { "chain id as byte 0", [2, .. DynamicFee(chainId: [0])], "chain_id: not a canonical integer of at most 256 bits" },
            { "byte with a header", [2, .. DynamicFee(chainId: [0x81, 1])], "chain_id: not a canonical integer of at most 256 bits" },
            {
                "chain id of 257 bits",
                [2, .. DynamicFee(chainId: Rlp.Text([1, .. new byte[32]]))],
                "chain_id: not a canonical integer of at most 256 bits"
            },
            { "nonce 2^64-1", [2, .. DynamicFee(nonce: Rlp.Number(ulong.MaxValue))], "nonce: 2^64-1 is out of range" },
            {
                "nonce 2^64",
                [2, .. DynamicFee(nonce: Rlp.Text(1, 0, 0, 0, 0, 0, 0, 0, 0))],
                "nonce: not a canonical integer of at most 64 bits"
            },
            { "nonce is a list", [2, .. DynamicFee(nonce: Empty)], "nonce: not a canonical integer of at most 64 bits" },
            { "short address", [2, .. DynamicFee(to: Rlp.Text(address[1..]))], "to: not 20 bytes or none" },
            { "long address", [2, .. DynamicFee(to: Rlp.Text([.. address, 0]))], "to: not 20 bytes or none" },
            { "address of a word", [2, .. DynamicFee(to: Rlp.Text([.. new byte[12], .. address]))], "to: not 20 bytes or none" },
            { "blobs create no contract", [3, .. DynamicFee(to: None, extra: [Rlp.Number(9), Empty])], "to: not 20 bytes" },
            { "authorizations create no contract", [4, .. DynamicFee(to: None, extra: [Empty])], "to: not 20 bytes" },
            { "data is a list", [2, .. DynamicFee(data: Empty)], "data: not an RLP string" },
            { "access list is a string", [2, .. DynamicFee(accessList: None)], "access_list: not a list" },
            {
                "access list entry without keys",
                [2, .. DynamicFee(accessList: Rlp.Items(Rlp.Items(To)))],
                "access_list: an entry is not an address and a list of storage keys"
            },
            {
                "short storage key",
                [2, .. DynamicFee(accessList: Rlp.Items(Rlp.Items(To, Rlp.Items(Rlp.Text(new byte[31])))))],
                "access_list: a storage key is not 32 bytes"
            },
            {
                "access list of 100,000",
                [2, .. DynamicFee(accessList: Rlp.Items(Enumerable.Repeat(Rlp.Items(To, Empty), 100_000).ToArray()))],
                "transaction: longer than 131072 bytes"
            },
            {
                "short blob hash",
                [3, .. DynamicFee(extra: [Rlp.Number(9), Rlp.Items(Rlp.Text(new byte[31]))])],
                "blob_hashes: a hash is not 32 bytes"
            },
            {
                "authorization without signature",
                [4, .. DynamicFee(extra: [Rlp.Items(Rlp.Items(Rlp.Number(1), To, Rlp.Number(1)))])],
                "authorization_list: an entry is not chain id, address, nonce, y parity, r and s"
            },
        };
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Anything_else_is_refused_with_the_field(string what, byte[] serialized, string expected)
    {
        Assert.NotEmpty(what);
        Assert.False(UnsignedTransaction.TryDecode(serialized, out var transaction, out var fault));
        Assert.Null(transaction);
        Assert.Equal(expected, fault);
    }

    [Property(MaxTest = 2000)]
    public bool Random_bytes_never_throw(byte[] bytes, byte type)
    {
        UnsignedTransaction.TryDecode(bytes, out _, out _);
        UnsignedTransaction.TryDecode([(byte)(type % 5), (byte)(0xc0 + (bytes.Length % 56)), .. bytes], out _, out _);
        return true;
    }

    [Property(MaxTest = 2000)]
    public bool A_changed_byte_is_refused_or_means_another_transaction(ushort position, byte change)
    {
        byte[] serialized = [2, .. DynamicFee()];
        var original = Decode(serialized);
        serialized[position % serialized.Length] ^= change;
        return change == 0
            || !UnsignedTransaction.TryDecode(serialized, out var other, out _)
            || (
                other!.SigningHash != original.SigningHash
                && (
                    other.Nonce != original.Nonce
                    || other.ChainId != original.ChainId
                    || other.MaxFeePerGas != original.MaxFeePerGas
                    || other.MaxPriorityFeePerGas != original.MaxPriorityFeePerGas
                    || other.GasLimit != original.GasLimit
                    || other.To != original.To
                    || other.Value != original.Value
                    || !other.Data.Span.SequenceEqual(original.Data.Span)
                    || other.Type != original.Type
                )
            );
    }

    [Fact]
    public void Signatures_of_another_shape_are_a_mistake()
    {
        var transaction = Decode([2, .. DynamicFee()]);
        Assert.Throws<ArgumentException>(() => transaction.EncodeSigned(new byte[64]));
        var walletStyle = new byte[65];
        walletStyle[64] = 27;
        Assert.Throws<ArgumentException>(() => transaction.EncodeSigned(walletStyle));
    }

    [Fact]
    public void The_callers_buffer_is_copied()
    {
        byte[] serialized = [2, .. DynamicFee(data: Rlp.Text(1, 2, 3, 4))];
        var transaction = Decode(serialized);
        Array.Clear(serialized);
        Assert.Equal([1, 2, 3, 4], transaction.Data.ToArray());
        Assert.Equal(transaction.SigningHash, Keccak256.Hash(transaction.Serialized.Span));
    }

    private static UnsignedTransaction Decode(byte[] serialized)
    {
        Assert.True(UnsignedTransaction.TryDecode(serialized, out var transaction, out var fault), fault);
        Assert.Empty(fault);
        return transaction!;
    }

    private static byte[] DynamicFee(
        byte[]? chainId = null,
        byte[]? nonce = null,
        byte[]? to = null,
        byte[]? data = null,
        byte[]? accessList = null,
        byte[][]? extra = null
    ) => Rlp.Items([.. DynamicFeeFields(chainId, nonce, to, data, accessList), .. extra ?? []]);

    private static byte[][] DynamicFeeFields(
        byte[]? chainId = null,
        byte[]? nonce = null,
        byte[]? to = null,
        byte[]? data = null,
        byte[]? accessList = null
    ) =>
        [
            chainId ?? Rlp.Number(1),
            nonce ?? Rlp.Number(7),
            Rlp.Number(2),
            Rlp.Number(30),
            Rlp.Number(60_000),
            to ?? To,
            None,
            data ?? Rlp.Text(0xa9, 0x05, 0x9c, 0xbb),
            accessList ?? Empty,
        ];

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "80")]
    [InlineData(1_000_000, "a9059cbb")]
    public void A_transaction_made_of_its_fields_is_decoded_into_them(int number, string data)
    {
        var fields = new DynamicFeeTransaction
        {
            ChainId = (ulong)number + 1,
            Nonce = (ulong)number,
            MaxPriorityFeePerGas = (ulong)number,
            MaxFeePerGas = (ulong)number + 1,
            GasLimit = (ulong)number + 2,
            To = number == 0 ? null : new Address(Enumerable.Repeat((byte)(number & 0x7f), 20).ToArray()),
            Value = UInt256.MaxValue,
            Data = Convert.FromHexString(string.Concat(Enumerable.Repeat(data, number == 1_000_000 ? 100 : 1))),
        };
        Assert.True(UnsignedTransaction.TryDecode(fields.EncodeUnsigned(), out var decoded, out var fault), fault);
        Assert.Equal(TransactionType.DynamicFee, decoded!.Type);
        Assert.Equal(
            (fields.ChainId, fields.Nonce, fields.MaxPriorityFeePerGas, fields.MaxFeePerGas, fields.GasLimit, fields.To, fields.Value),
            (
                decoded.ChainId!.Value,
                decoded.Nonce,
                decoded.MaxPriorityFeePerGas,
                decoded.MaxFeePerGas,
                decoded.GasLimit,
                decoded.To,
                decoded.Value
            )
        );
        Assert.Equal(fields.Data.ToArray(), decoded.Data.ToArray());
    }
}
