using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// Reads what a case asks to be signed into the bytes that a client would send, one member for each way to write it. Whether it may be signed, and even whether
/// it can be decoded, is not decided here.
/// </summary>
internal sealed class CasePayloadReader(Policy policy)
{
    private const long GasOfTransfer = 21_000;
    private const long GasOfCall = 100_000;
    private const long WeiPerGas = 1_000_000_000;

    private static readonly (string Member, PayloadKind Kind)[] s_kinds =
    [
        ("call", PayloadKind.Transaction),
        ("transaction", PayloadKind.Transaction),
        ("raw_transaction", PayloadKind.Transaction),
        ("typed_data", PayloadKind.TypedData),
        ("message", PayloadKind.Message),
        ("digest", PayloadKind.Digest),
        ("user_operation", PayloadKind.UserOperation),
    ];

    // Every transaction has a nonce of its own unless the case says otherwise, so that none replaces another by accident.
    private long _nextNonce;

    /// <summary>Reads the payload of a request.</summary>
    /// <returns>Kind, bytes, and what it is, for people.</returns>
    public (PayloadKind Kind, ReadOnlyMemory<byte> Body, string What) Read(ObjectReader request)
    {
        var given = s_kinds.Where(kind => request.Has(kind.Member)).ToList();
        if (given.Count != 1)
        {
            request.Faults.Add(request.Path, $"Must have exactly one of {string.Join(", ", s_kinds.Select(kind => kind.Member))}.");
            return default;
        }
        var (member, payloadKind) = given[0];
        var item = request.Find(member)!;
        var path = request.PathOf(member);
        var (body, what) = member switch
        {
            "call" => ReadTransaction(item, path, request.Faults, asCall: true),
            "transaction" => ReadTransaction(item, path, request.Faults, asCall: false),
            "raw_transaction" => (ReadBytes(item, path, request.Faults), "raw transaction"),
            "message" => (ReadText(item, path, request.Faults), "message"),
            "digest" => (ReadBytes(item, path, request.Faults), "digest"),
            "user_operation" => (UserOperationItem.Read(item, path, request.Faults, OnlyChain), "user operation"),
            _ => (CanonicalJson.WriteUtf8(item), "typed data"),
        };
        CheckForm(payloadKind, body, path, request.Faults);
        return (payloadKind, body, what);
    }

    private (byte[] Body, string What) ReadTransaction(JsonItem item, string path, FaultList faults, bool asCall)
    {
        var reader = ObjectReader.Open(item, path, faults);
        var (data, what) = asCall ? ReadCall(reader) : (ReadData(reader), "transaction");
        var transaction = new DynamicFeeTransaction
        {
            ChainId = ReadChain(reader),
            Nonce = reader.OptionalAmount("nonce") ?? (ulong)_nextNonce,
            MaxPriorityFeePerGas = reader.OptionalAmount("max_priority_fee_per_gas") ?? (ulong)WeiPerGas,
            MaxFeePerGas = reader.OptionalAmount("max_fee_per_gas") ?? (ulong)WeiPerGas,
            GasLimit = reader.OptionalAmount("gas") ?? (ulong)(data.Length == 0 ? GasOfTransfer : GasOfCall),
            To = reader.Address("to"),
            Value = reader.OptionalAmount("native_value") ?? UInt256.Zero,
            Data = data,
        };
        reader.RefuseUnknown();
        _nextNonce++;
        return (transaction.EncodeUnsigned(), what);
    }

    private static (byte[] Data, string What) ReadCall(ObjectReader reader)
    {
        var fault = "";
        AbiFunction? function = null;
        reader.Text(
            "function",
            text => AbiFunction.TryParse(text, out function, out fault),
            "Must be an ABI signature such as \"transfer(address to, uint256 amount)\"."
        );
        var arguments = reader.Required("arguments");
        return function is null || arguments is null
            ? ([], "call")
            : (CalldataWriter.Write(function, arguments, reader.PathOf("arguments"), reader.Faults), function.Name);
    }

    private UInt256? OnlyChain => policy.Ceiling.Chains.Count == 1 ? policy.Ceiling.Chains[0] : null;

    private UInt256 ReadChain(ObjectReader reader)
    {
        if (reader.Find("chain") is { } chain)
        {
            return Parsing.ChainId(chain, reader.PathOf("chain"), reader.Faults) ?? UInt256.Zero;
        }
        if (OnlyChain is { } only)
        {
            return only;
        }
        reader.Faults.Add(reader.PathOf("chain"), "Missing, and the policy has several chains.");
        return UInt256.Zero;
    }

    private static byte[] ReadData(ObjectReader reader) =>
        reader.Find("data") is { } data ? ReadBytes(data, reader.PathOf("data"), reader.Faults) : [];

    // What a daemon would not even look at is no case.
    private static void CheckForm(PayloadKind kind, byte[] body, string path, FaultList faults)
    {
        if (faults.Count > 0)
        {
            return;
        }
        try
        {
            SignRequest.CheckBody(kind, body);
        }
        catch (SignerException exception) when (exception.Code == ErrorCode.InvalidRequest)
        {
            faults.Add(path, exception.Message);
        }
    }

    private static byte[] ReadText(JsonItem item, string path, FaultList faults)
    {
        if (item is JsonItem.Text { Value: var text })
        {
            return Encoding.UTF8.GetBytes(text);
        }
        faults.Add(path, "Must be a string.");
        return [];
    }

    private static byte[] ReadBytes(JsonItem item, string path, FaultList faults)
    {
        if (Parsing.Bytes(item) is { } bytes)
        {
            return bytes;
        }
        faults.Add(path, "Must be lower-case hexadecimal digits after 0x.");
        return [];
    }
}
