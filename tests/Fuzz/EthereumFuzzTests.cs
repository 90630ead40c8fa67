using System.Text;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Grants;
using Xunit.Abstractions;

namespace Fuzz;

/// <summary>What callers send to be signed.</summary>
public class EthereumFuzzTests(ITestOutputHelper output)
{
    private const int DepthMax = 16;

    // 32 zero bytes would read as no signature.
    private static readonly byte[] s_signature65 = [.. Enumerable.Repeat((byte)1, 64), 0];

    [Fact]
    public void Rlp_has_one_encoding() =>
        new Fuzzer(
            "rlp",
            [.. Corpus.Transactions.Select(bytes => bytes[0] < 0xc0 ? bytes[1..] : bytes), [0x80], [0xc0]],
            ReadRlp,
            output
        ).Run();

    [Fact]
    public void Unsigned_transactions() => new Fuzzer("transactions", Corpus.Transactions, ReadTransaction, output).Run();

    [Fact]
    public void Calls_of_any_signature() => new Fuzzer("calls", AbiCorpus.Calls(200), ReadCall, output).Run();

    [Fact]
    public void Function_signatures() => new Fuzzer("functions", [.. Corpus.Functions, "uint256"u8.ToArray()], ReadFunction, output).Run();

    [Fact]
    public void Typed_data() => new Fuzzer("typed data", Corpus.TypedData, ReadTypedData, output).Run();

    [Fact]
    public void User_operations() => new Fuzzer("user operations", Corpus.UserOperations, ReadUserOperation, output).Run();

    [Fact]
    public void Messages() => new Fuzzer("messages", Corpus.Messages, ReadMessage, output).Run();

    [Fact]
    public void Sign_ins() => new Fuzzer("sign-ins", Corpus.Messages, ReadSignIn, output).Run();

    private static string? ReadRlp(byte[] input)
    {
        var written = new List<byte>();
        if (!Rewrite(new RlpReader(input, 0), written, 0))
        {
            return "not RLP";
        }
        Assert.True(input.AsSpan().SequenceEqual(written.ToArray()), "Written again it is something else.");
        return null;
    }

    private static string? ReadTransaction(byte[] input)
    {
        if (!UnsignedTransaction.TryDecode(input, out var transaction, out var fault))
        {
            return fault;
        }
        var start = transaction!.Type == TransactionType.Legacy ? 0 : 1;
        Assert.Null(ReadRlp(input[start..]));
        if (transaction is { Type: TransactionType.DynamicFee, AccessListCount: 0 })
        {
            Assert.Equal(input, Write(transaction));
        }
        var signed = transaction.EncodeSigned(s_signature65);
        Assert.Null(ReadRlp(signed[start..]));
        Assert.False(UnsignedTransaction.TryDecode(signed, out _, out _), "What is signed must not be read as unsigned.");
        return null;
    }

    private static byte[] Write(UnsignedTransaction transaction) =>
        new DynamicFeeTransaction
        {
            ChainId = transaction.ChainId!.Value,
            Nonce = transaction.Nonce,
            MaxPriorityFeePerGas = transaction.MaxPriorityFeePerGas,
            MaxFeePerGas = transaction.MaxFeePerGas,
            GasLimit = transaction.GasLimit,
            To = transaction.To,
            Value = transaction.Value,
            Data = transaction.Data,
        }.EncodeUnsigned();

    private static string? ReadCall(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)'\n');
        if (end < 0 || !AbiFunction.TryParse(Encoding.UTF8.GetString(input, 0, end), out var function, out var fault))
        {
            return "not a signature";
        }
        var arguments = input.AsMemory(end + 1);
        if (!AbiDecoder.TryDecode(function!.Inputs, arguments, out var values, out fault))
        {
            return fault;
        }
        Assert.Equal(arguments.ToArray(), AbiEncoder.Encode(values!));
        return null;
    }

    private static string? ReadFunction(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (AbiType.TryParse(text, out var type))
        {
            Assert.True(AbiType.TryParse(type!.Name, out var again));
            Assert.Equal((type.Name, type.IsDynamic, type.HeadBytes), (again!.Name, again.IsDynamic, again.HeadBytes));
        }
        if (!AbiFunction.TryParse(text, out var function, out var fault))
        {
            return fault;
        }
        Assert.True(AbiFunction.TryParse(function!.CanonicalSignature, out var canonical, out fault), fault);
        Assert.Equal((function.CanonicalSignature, function.Selector), (canonical!.CanonicalSignature, canonical.Selector));
        return null;
    }

    private static string? ReadTypedData(byte[] input)
    {
        if (!TypedData.TryParse(input, out var data, out var fault))
        {
            return fault;
        }
        // Where a stricter reader of JSON sees anything, it sees the same message.
        if (Canonical(input) is { } canonical)
        {
            Assert.True(TypedData.TryParse(canonical, out var again, out fault), fault);
            Assert.Equal((data!.Digest, data.EncodedType), (again!.Digest, again.EncodedType));
        }
        return null;
    }

    private static string? ReadUserOperation(byte[] input)
    {
        var refusals = new List<string>();
        foreach (var version in Enum.GetValues<EntryPointVersion>())
        {
            var entryPoint = new Address([.. Enumerable.Repeat((byte)version, Address.Size)]);
            if (!UserOperation.TryParse(version, entryPoint, UInt256.One, input, out var operation, out var fault))
            {
                refusals.Add(fault);
                continue;
            }
            Assert.True(UserOperation.TryParse(version, entryPoint, UInt256.One, Canonical(input)!, out var again, out fault), fault);
            Assert.Equal((operation!.Hash, operation.GasCostMax), (again!.Hash, again.GasCostMax));
            Assert.NotEqual(UInt256.MaxValue, operation.GasCostMax);
        }
        return refusals.Count == Enum.GetValues<EntryPointVersion>().Length ? string.Join('\n', refusals) : null;
    }

    private static string? ReadMessage(byte[] input)
    {
        if (!MessagePayload.TryParse(input, out _, out var fault))
        {
            return fault;
        }
        Assert.Equal(input, Encoding.UTF8.GetBytes(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(input)));
        Assert.Equal(SignInMessage.IsMeant(input), SignInMessage.TryParse(input, out _, out _));
        return null;
    }

    private static string? ReadSignIn(byte[] input)
    {
        if (!SignInMessage.TryParse(input, out var message, out var fault))
        {
            return fault;
        }
        Assert.Equal(input, Encoding.ASCII.GetBytes(message!.ToString()));
        Assert.Null(ReadMessage(input));
        return null;
    }

    private static byte[]? Canonical(byte[] json) =>
        StrictJson.Read(json, new FaultList()) is { } item ? CanonicalJson.WriteUtf8(item) : null;

    private static bool Rewrite(RlpReader items, List<byte> written, int depth)
    {
        while (!items.IsAtEnd)
        {
            var asList = items;
            if (items.TryReadString(out var text))
            {
                var bytes = new byte[RlpWriter.StringLength(text)];
                new RlpWriter(bytes).WriteString(text);
                written.AddRange(bytes);
                continue;
            }
            var inner = new List<byte>();
            if (depth == DepthMax || !asList.TryReadList(out var list) || !Rewrite(list, inner, depth + 1))
            {
                return false;
            }
            items = asList;
            var header = new byte[RlpWriter.ListLength(inner.Count) - inner.Count];
            new RlpWriter(header).WriteListHeader(inner.Count);
            written.AddRange([.. header, .. inner]);
        }
        return true;
    }
}
