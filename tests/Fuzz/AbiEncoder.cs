using System.Text;
using SessionSigner.Ethereum;

namespace Fuzz;

/// <summary>The canonical encoding of decoded arguments, written from the Contract ABI Specification alone.</summary>
internal static class AbiEncoder
{
    public static byte[] Encode(IEnumerable<(AbiType Type, AbiValue Value)> places)
    {
        var parts = places.Select(place => (place.Type, Bytes: Value(place.Type, place.Value))).ToList();
        var offset = parts.Sum(part => part.Type.IsDynamic ? AbiType.WordSize : part.Bytes.Length);
        var head = new List<byte>();
        var tail = new List<byte>();
        foreach (var (type, bytes) in parts)
        {
            head.AddRange(type.IsDynamic ? Word(offset + tail.Count) : bytes);
            tail.AddRange(type.IsDynamic ? bytes : []);
        }
        return [.. head, .. tail];
    }

    public static byte[] Encode(AbiValue.Tuple tuple) => Encode(tuple.Members.Select((member, i) => (member.Type, tuple.Items[i])));

    private static byte[] Value(AbiType type, AbiValue value) =>
        value switch
        {
            AbiValue.Tuple tuple => Encode(tuple),
            AbiValue.Array array =>
            [
                .. Count((AbiType.Array)type, array),
                .. Encode(array.Items.Select(item => (((AbiType.Array)type).Element, item))),
            ],
            AbiValue.Text text => Padded(Encoding.UTF8.GetBytes(text.Value)),
            AbiValue.Bytes bytes when type is AbiType.Bytes => Padded(bytes.Value.ToArray()),
            AbiValue.Bytes bytes => [.. bytes.Value.Span, .. new byte[AbiType.WordSize - bytes.Value.Length]],
            AbiValue.Uint number => Word(number.Value),
            AbiValue.Int number => Word(number.Value),
            AbiValue.Bool truth => Word(truth.Value ? 1 : 0),
            AbiValue.AddressValue address => [.. new byte[AbiType.WordSize - Address.Size], .. address.Value.ToArray()],
            _ => throw new InvalidOperationException(value.GetType().Name),
        };

    private static byte[] Count(AbiType.Array type, AbiValue.Array array) => type.Length is null ? Word(array.Items.Count) : [];

    private static byte[] Padded(byte[] bytes) =>
        [.. Word(bytes.Length), .. bytes, .. new byte[(AbiType.WordSize - (bytes.Length % AbiType.WordSize)) % AbiType.WordSize]];

    private static byte[] Word(int number) => Word((UInt256)(ulong)number);

    private static byte[] Word(Int256 number)
    {
        var word32 = new byte[AbiType.WordSize];
        number.WriteBigEndian(word32);
        return word32;
    }

    private static byte[] Word(UInt256 number)
    {
        var word32 = new byte[AbiType.WordSize];
        number.WriteBigEndian(word32);
        return word32;
    }
}
