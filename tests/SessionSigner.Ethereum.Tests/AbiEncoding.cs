using System.Text;

namespace SessionSigner.Ethereum.Tests;

/// <summary>A plain encoder after the ABI specification, so that decoding can be undone and compared.</summary>
internal static class AbiEncoding
{
    public static byte[] Encode(AbiValue.Tuple values) => Sequence([.. values.Members.Select(member => member.Type)], values.Items);

    private static byte[] Sequence(IReadOnlyList<AbiType> types, IReadOnlyList<AbiValue> values)
    {
        var headBytes = types.Sum(type => type.HeadBytes);
        var heads = new List<byte>();
        var tails = new List<byte>();
        for (var i = 0; i < values.Count; i++)
        {
            var encoded = Value(types[i], values[i]);
            if (types[i].IsDynamic)
            {
                heads.AddRange(Word((ulong)(headBytes + tails.Count)));
                tails.AddRange(encoded);
            }
            else
            {
                heads.AddRange(encoded);
            }
        }
        return [.. heads, .. tails];
    }

    private static byte[] Value(AbiType type, AbiValue value)
    {
        switch (value)
        {
            case AbiValue.Uint number:
                return Word(number.Value);
            case AbiValue.Int number:
                var word = new byte[32];
                number.Value.WriteBigEndian(word);
                return word;
            case AbiValue.AddressValue address:
                return [.. new byte[12], .. address.Value.ToArray()];
            case AbiValue.Bool truth:
                return Word(truth.Value ? 1UL : 0);
            case AbiValue.Bytes bytes when type is AbiType.FixedBytes:
                return Padded(bytes.Value.Span);
            case AbiValue.Bytes bytes:
                return [.. Word((ulong)bytes.Value.Length), .. Padded(bytes.Value.Span)];
            case AbiValue.Text text:
                var utf8 = Encoding.UTF8.GetBytes(text.Value);
                return [.. Word((ulong)utf8.Length), .. Padded(utf8)];
            case AbiValue.Tuple tuple:
                return Encode(tuple);
            case AbiValue.Array array:
                var arrayType = (AbiType.Array)type;
                var items = Sequence([.. array.Items.Select(_ => arrayType.Element)], array.Items);
                return arrayType.Length is null ? [.. Word((ulong)array.Items.Count), .. items] : items;
            default:
                throw new InvalidOperationException();
        }
    }

    private static byte[] Word(UInt256 value)
    {
        var word = new byte[32];
        value.WriteBigEndian(word);
        return word;
    }

    private static byte[] Padded(ReadOnlySpan<byte> bytes)
    {
        var padded = new byte[(bytes.Length + 31) / 32 * 32];
        bytes.CopyTo(padded);
        return padded;
    }
}
