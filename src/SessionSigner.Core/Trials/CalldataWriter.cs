using System.Globalization;
using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// Encodes a call's arguments, written as JSON, for cases that people write. What it encodes is decoded again by the strict decoder before anything is
/// decided. SPEC: Contract ABI Specification, "Formal Specification of the Encoding".
/// </summary>
internal static class CalldataWriter
{
    /// <summary>The calldata of a call.</summary>
    /// <param name="function">The function.</param>
    /// <param name="arguments">A list in the order of the parameters, or an object with each parameter's name; tuples likewise.</param>
    /// <param name="path">Path of the arguments, for faults.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static byte[] Write(AbiFunction function, JsonItem arguments, string path, FaultList faults) =>
        [.. function.Selector4.Span, .. Members(function.Inputs, arguments, path, faults)];

    private static byte[] Members(IReadOnlyList<AbiParameter> members, JsonItem item, string path, FaultList faults)
    {
        var parts = new List<(AbiType Type, byte[] Bytes)>(members.Count);
        switch (item)
        {
            case JsonItem.Array list when list.Items.Count == members.Count:
                parts.AddRange(members.Select((member, i) => Part(member.Type, list.Items[i], StrictJson.Element(path, i), faults)));
                break;
            case JsonItem.Object named when members.All(member => member.Name.Length > 0):
                var reader = ObjectReader.Open(named, path, faults);
                foreach (var member in members)
                {
                    parts.Add(Part(member.Type, reader.Required(member.Name), reader.PathOf(member.Name), faults));
                }
                reader.RefuseUnknown();
                break;
            default:
                faults.Add(
                    path,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Must be a list of {members.Count} values, or an object with the name of each."
                    )
                );
                break;
        }
        return Join(parts);
    }

    private static (AbiType Type, byte[] Bytes) Part(AbiType type, JsonItem? item, string path, FaultList faults) =>
        (type, item is null ? [] : Value(type, item, path, faults));

    private static byte[] Value(AbiType type, JsonItem item, string path, FaultList faults)
    {
        switch (type)
        {
            case AbiType.Tuple tuple:
                return Members(tuple.Members, item, path, faults);
            case AbiType.Array array:
                return Elements(array, item, path, faults);
            case AbiType.Bytes:
                return Sized(Parsing.Bytes(item), "Must be lower-case hexadecimal digits after 0x.", path, faults);
            case AbiType.Text:
                var text = item is JsonItem.Text { Value: var value } ? Encoding.UTF8.GetBytes(value) : null;
                return Sized(text, "Must be a string.", path, faults);
            default:
                return OperandReader.Word(item, type, path, faults) is { } word
                    ? ToBytes(type is AbiType.Int ? CompiledComparison.FlipSign(word) : word)
                    : [];
        }
    }

    private static byte[] Elements(AbiType.Array array, JsonItem item, string path, FaultList faults)
    {
        if (item is not JsonItem.Array { Items: var items } || (array.Length is { } length && items.Count != length))
        {
            faults.Add(path, $"Must be a list of {array.Length?.ToString(CultureInfo.InvariantCulture) ?? "any number of"} values.");
            return [];
        }
        var joined = Join([.. items.Select((element, i) => Part(array.Element, element, StrictJson.Element(path, i), faults))]);
        return array.Length is null ? [.. ToBytes((ulong)items.Count), .. joined] : joined;
    }

    private static byte[] Sized(byte[]? bytes, string rule, string path, FaultList faults)
    {
        if (bytes is null)
        {
            faults.Add(path, rule);
            return [];
        }
        var padding = (AbiType.WordSize - (bytes.Length % AbiType.WordSize)) % AbiType.WordSize;
        return [.. ToBytes((ulong)bytes.Length), .. bytes, .. new byte[padding]];
    }

    // Heads, then tails; the head of a dynamic value is where its tail begins.
    private static byte[] Join(List<(AbiType Type, byte[] Bytes)> parts)
    {
        var headLength = parts.Sum(part => part.Type.HeadBytes);
        var (head, tail) = (new List<byte>(headLength), new List<byte>());
        foreach (var (type, bytes) in parts)
        {
            if (!type.IsDynamic)
            {
                head.AddRange(bytes);
                continue;
            }
            head.AddRange(ToBytes((ulong)(headLength + tail.Count)));
            tail.AddRange(bytes);
        }
        return [.. head, .. tail];
    }

    private static byte[] ToBytes(UInt256 word)
    {
        var bytes = new byte[UInt256.Size];
        word.WriteBigEndian(bytes);
        return bytes;
    }
}
