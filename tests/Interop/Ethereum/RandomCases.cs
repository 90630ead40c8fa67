using System.Globalization;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;
using SessionSigner.Ethereum.Tests;

namespace Interop;

/// <summary>Random payloads, the same for the same seed. Built without the code under test.</summary>
internal sealed class RandomCases(int seed)
{
    private static readonly string[] Suffixes = ["", "", "", "[]", "[2]", "[][1]", "[3][]"];

    private readonly Random _random = new(seed);

    public byte[] Key() => [1, .. Bytes(31)];

    public byte[] UnsignedTransaction()
    {
        var type = _random.Next(5);
        var chainId = Rlp.Number(Number(1 + _random.Next(250)));
        chainId = chainId is [0x80] ? Rlp.Number(1) : chainId;
        // ethers holds a nonce in a double.
        var nonce = Rlp.Number(Number(52));
        var to = type <= 2 && _random.Next(8) == 0 ? Rlp.Text() : Rlp.Text(Bytes(20));
        byte[][] tail = [Rlp.Number(Number(64)), to, Rlp.Number(Number(256)), Rlp.Text(Bytes(_random.Next(200)))];
        if (type == 0)
        {
            byte[][] legacy = [nonce, Rlp.Number(Number(256)), .. tail];
            return _random.Next(3) == 0 ? Rlp.Items(legacy) : Rlp.Items([.. legacy, chainId, Rlp.Text(), Rlp.Text()]);
        }
        var fee = Number(256);
        byte[][] fees = type == 1 ? [Rlp.Number(fee)] : [_random.Next(2) == 0 ? Rlp.Text() : Rlp.Number(fee), Rlp.Number(fee)];
        var extra = type switch
        {
            3 => [Rlp.Number(Number(256)), List(1, () => Rlp.Text([1, .. Bytes(31)]))],
            4 => new[] { List(1, Authorization) },
            _ => [],
        };
        return [(byte)type, .. Rlp.Items([chainId, nonce, .. fees, .. tail, AccessList(), .. extra])];
    }

    public string TypedDataPayload()
    {
        var names = new[] { "Order", "Leg", "Person" }[.._random.Next(1, 4)];
        var types = new Dictionary<string, List<(string Name, string Type)>>();
        for (var i = 0; i < names.Length; i++)
        {
            var members = new List<(string, string)>();
            for (var m = _random.Next(1, 5); m >= 0; m--)
            {
                members.Add(($"m{m}", ElementaryType() + Suffix()));
            }
            if (i + 1 < names.Length)
            {
                members.Insert(_random.Next(members.Count), ("inner", names[i + 1] + Suffix()));
            }
            types.Add(names[i], members);
        }
        var domain = new JsonObject { ["name"] = Text(), ["chainId"] = Number(256).ToString() };
        if (_random.Next(2) == 0)
        {
            domain["verifyingContract"] = new Address(Bytes(20)).ToString();
        }
        var declared = types.Select(type =>
            KeyValuePair.Create(
                type.Key,
                (JsonNode?)
                    new JsonArray([.. type.Value.Select(member => new JsonObject { ["name"] = member.Name, ["type"] = member.Type })])
            )
        );
        return new JsonObject
        {
            ["domain"] = domain,
            ["primaryType"] = "Order",
            ["types"] = new JsonObject(declared),
            ["message"] = JsonOf("Order", types),
        }.ToJsonString();
    }

    public (string Signature, byte[] Arguments) Calldata()
    {
        var parameters = string.Join(", ", Enumerable.Range(0, _random.Next(1, 5)).Select(i => $"{AbiTypeText(2)} p{i}"));
        var signature = $"call({parameters})";
        Assert.True(AbiFunction.TryParse(signature, out var function, out var fault), $"{fault}: {signature}");
        return (signature, AbiEncoding.Encode(TupleOf(function!.Inputs)));
    }

    public byte[] WithChangedByte(byte[] bytes)
    {
        var changed = bytes.ToArray();
        changed[_random.Next(changed.Length)] ^= (byte)(1 << _random.Next(8));
        return changed;
    }

    public byte[] Corrupted(byte[] encoded) => Corruption.Of(_random, encoded);

    private string AbiTypeText(int depth) =>
        depth > 0 && _random.Next(4) == 0
            ? $"({string.Join(", ", Enumerable.Range(0, _random.Next(1, 4)).Select(i => $"{AbiTypeText(depth - 1)} q{i}"))}){Suffix()}"
            : ElementaryType() + Suffix();

    private AbiValue.Tuple TupleOf(IReadOnlyList<AbiParameter> members) =>
        new(members, [.. members.Select(member => ValueOf(member.Type))]);

    private AbiValue ValueOf(AbiType type) =>
        type switch
        {
            AbiType.Tuple tuple => TupleOf(tuple.Members),
            AbiType.Array array => new AbiValue.Array([
                .. Enumerable.Range(0, array.Length ?? _random.Next(4)).Select(_ => ValueOf(array.Element)),
            ]),
            AbiType.Uint uintType => new AbiValue.Uint(Number(uintType.Bits)),
            AbiType.Int intType => new AbiValue.Int(Signed(intType.Bits)),
            AbiType.AddressType => new AbiValue.AddressValue(new Address(Bytes(20))),
            AbiType.Bool => new AbiValue.Bool(_random.Next(2) == 0),
            AbiType.FixedBytes fixedBytes => new AbiValue.Bytes(Bytes(fixedBytes.Length)),
            AbiType.Bytes => new AbiValue.Bytes(Bytes(_random.Next(70))),
            _ => new AbiValue.Text(Text()),
        };

    private JsonNode JsonOf(string type, Dictionary<string, List<(string Name, string Type)>> types)
    {
        if (type.EndsWith(']'))
        {
            var open = type.LastIndexOf('[');
            var digits = type[(open + 1)..^1];
            var length = digits.Length > 0 ? int.Parse(digits, CultureInfo.InvariantCulture) : _random.Next(4);
            return new JsonArray([.. Enumerable.Range(0, length).Select(_ => JsonOf(type[..open], types))]);
        }
        if (types.TryGetValue(type, out var members))
        {
            return new JsonObject(members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)JsonOf(member.Type, types))));
        }
        Assert.True(AbiType.TryParse(type, out var parsed));
        return ValueOf(parsed!) is AbiValue.Bool truth ? truth.Value : ValueOf(parsed!).ToString()!;
    }

    private string ElementaryType()
    {
        var bytes = 1 + _random.Next(32);
        var all = new[] { "address", "bool", "string", "bytes", "uint256", $"uint{8 * bytes}", $"int{8 * bytes}", $"bytes{bytes}" };
        return all[_random.Next(all.Length)];
    }

    private string Suffix() => Suffixes[_random.Next(Suffixes.Length)];

    private byte[] AccessList() => List(0, () => Rlp.Items(Rlp.Text(Bytes(20)), List(0, () => Rlp.Text(Bytes(32)))));

    // A signature of nothing in particular: nobody recovers it here, but its numbers are in range.
    private byte[] Authorization() =>
        Rlp.Items(
            Rlp.Number(Number(52)),
            Rlp.Text(Bytes(20)),
            Rlp.Number(Number(52)),
            Rlp.Number((ulong)_random.Next(2)),
            Rlp.Text([1, .. Bytes(31)]),
            Rlp.Text([1, .. Bytes(31)])
        );

    private byte[] List(int lengthMin, Func<byte[]> item) =>
        Rlp.Items([.. Enumerable.Range(0, _random.Next(lengthMin, lengthMin + 3)).Select(_ => item())]);

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    // Every width up to the bits is as likely.
    private UInt256 Number(int bits)
    {
        var width = _random.Next(bits + 1);
        var bytes = Bytes((width + 7) / 8);
        if (width % 8 != 0)
        {
            bytes[0] &= (byte)((1 << (width % 8)) - 1);
        }
        return UInt256.FromBigEndian(bytes);
    }

    private Int256 Signed(int bits)
    {
        Assert.True(Int256.TryCreate(isNegative: false, Number(bits - 1), out var positive));
        return _random.Next(2) == 0 || !Int256.TryCreate(isNegative: true, positive.Magnitude, out var negative) ? positive : negative;
    }

    private string Text()
    {
        const string Characters = "abc XYZ0\"\\/\n\0\u001b\u2028\u202eéß中";
        return string.Concat(Enumerable.Range(0, _random.Next(40)).Select(_ => Characters[_random.Next(Characters.Length)]));
    }
}
