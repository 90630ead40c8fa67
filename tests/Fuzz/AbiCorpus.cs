using System.Text;
using SessionSigner.Ethereum;

namespace Fuzz;

/// <summary>Calls of random signatures: the signature, a line feed, and arguments that fit it in their canonical encoding.</summary>
internal static class AbiCorpus
{
    private const int DepthMax = 3;

    public static IReadOnlyList<byte[]> Calls(int count)
    {
        var random = new Random(42);
        return [.. Enumerable.Range(0, count).Select(_ => Call(random))];
    }

    private static byte[] Call(Random random)
    {
        var signature = $"f({string.Join(", ", Enumerable.Range(0, random.Next(5)).Select(i => $"{Type(random, 0)} a{i}"))})";
        Assert.True(AbiFunction.TryParse(signature, out var function, out var fault), fault);
        var arguments = AbiEncoder.Encode(function!.Inputs.Select(input => (input.Type, Value(random, input.Type))));
        return [.. Encoding.ASCII.GetBytes(signature), (byte)'\n', .. arguments];
    }

    private static string Type(Random random, int depth) =>
        random.Next(depth < DepthMax ? 12 : 8) switch
        {
            0 => $"uint{8 * random.Next(1, 33)}",
            1 => $"int{8 * random.Next(1, 33)}",
            2 => $"bytes{random.Next(1, 33)}",
            3 => "address",
            4 => "bool",
            5 => "bytes",
            6 => "string",
            7 => "function",
            8 or 9 => $"({string.Join(",", Enumerable.Range(0, random.Next(1, 4)).Select(_ => Type(random, depth + 1)))})",
            10 => $"{Type(random, depth + 1)}[{random.Next(1, 4)}]",
            _ => $"{Type(random, depth + 1)}[]",
        };

    private static AbiValue Value(Random random, AbiType type) =>
        type switch
        {
            AbiType.Tuple tuple => new AbiValue.Tuple(tuple.Members, [.. tuple.Members.Select(member => Value(random, member.Type))]),
            AbiType.Array array => new AbiValue.Array([
                .. Enumerable.Range(0, array.Length ?? random.Next(4)).Select(_ => Value(random, array.Element)),
            ]),
            AbiType.Uint number => new AbiValue.Uint(UInt256.FromBigEndian(Bytes(random, number.Bits / 8))),
            AbiType.Int number => new AbiValue.Int(
                Int256.FromBigEndian([.. new byte[33 - (number.Bits / 8)], .. Bytes(random, (number.Bits / 8) - 1)])
            ),
            AbiType.AddressType => new AbiValue.AddressValue(new Address(Bytes(random, Address.Size))),
            AbiType.Bool => new AbiValue.Bool(random.Next(2) == 0),
            AbiType.FixedBytes bytes => new AbiValue.Bytes(Bytes(random, bytes.Length)),
            AbiType.Bytes => new AbiValue.Bytes(Bytes(random, random.Next(70))),
            _ => new AbiValue.Text(new string('é', random.Next(40))),
        };

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
