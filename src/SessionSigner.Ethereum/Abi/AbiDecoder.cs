using System.Buffers.Binary;
using System.Text;

namespace SessionSigner.Ethereum;

/// <summary>
/// Decodes ABI-encoded arguments, accepting exactly one encoding for each value: every offset points to where the canonical encoder puts the tail,
/// padding is zero, numbers fit their types, nothing follows. So no two decoders can disagree about what is signed.
/// </summary>
public static class AbiDecoder
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes a list of arguments.</summary>
    /// <param name="types">The parameters.</param>
    /// <param name="data">Calldata after the selector. Byte values in the result point into it.</param>
    /// <param name="values">The arguments, or null.</param>
    /// <param name="fault">Which argument is wrong and how; empty if none.</param>
    public static bool TryDecode(IReadOnlyList<AbiParameter> types, ReadOnlyMemory<byte> data, out AbiValue.Tuple? values, out string fault)
    {
        var cursor = new Cursor(data);
        values = Tuple(ref cursor, types, 0, out var size);
        if (values is not null && size != data.Length)
        {
            cursor.Fail("bytes follow the last argument");
            values = null;
        }
        fault = cursor.Fault;
        return values is not null;
    }

    private static AbiValue.Tuple? Tuple(ref Cursor cursor, IReadOnlyList<AbiParameter> members, int start, out int size)
    {
        var items = new AbiValue[members.Count];
        var head = start;
        var headSize = 0;
        for (var i = 0; i < members.Count; i++)
        {
            headSize += members[i].Type.HeadBytes;
        }
        size = headSize;
        for (var i = 0; i < members.Count; i++)
        {
            var type = members[i].Type;
            if (Member(ref cursor, type, start, head, ref size) is not { } item)
            {
                cursor.Prefix(members[i].Name.Length > 0 ? members[i].Name : i.ToString());
                return null;
            }
            items[i] = item;
            head += type.HeadBytes;
        }
        return new AbiValue.Tuple(members, items);
    }

    private static AbiValue.Array? Items(ref Cursor cursor, AbiType element, int count, int start, out int size)
    {
        // The heads are there (checked before the allocation), so the count is bounded by the data.
        size = 0;
        if ((long)count * element.HeadBytes > cursor.Remaining(start))
        {
            cursor.Fail("the data ends inside the array");
            return null;
        }
        size = count * element.HeadBytes;
        var items = new AbiValue[count];
        for (var i = 0; i < count; i++)
        {
            if (Member(ref cursor, element, start, start + (i * element.HeadBytes), ref size) is not { } item)
            {
                cursor.Prefix($"[{i}]");
                return null;
            }
            items[i] = item;
        }
        return new AbiValue.Array(items);
    }

    // One member whose head is at `head`, in a tuple or array that begins at `start` and has `size` bytes so far.
    private static AbiValue? Member(ref Cursor cursor, AbiType type, int start, int head, ref int size)
    {
        if (!type.IsDynamic)
        {
            return Value(ref cursor, type, head, out _);
        }
        if (!cursor.TryReadLength(head, out var offset) || offset != size)
        {
            cursor.Fail("the offset is not the canonical one");
            return null;
        }
        var value = Value(ref cursor, type, start + offset, out var tailSize);
        size += tailSize;
        return value;
    }

    private static AbiValue? Value(ref Cursor cursor, AbiType type, int start, out int size)
    {
        size = AbiType.WordSize;
        switch (type)
        {
            case AbiType.Tuple tuple:
                return Tuple(ref cursor, tuple.Members, start, out size);
            case AbiType.Array { Length: { } length } array:
                return Items(ref cursor, array.Element, length, start, out size);
            case AbiType.Array array:
                if (!cursor.TryReadLength(start, out var count))
                {
                    cursor.Fail("the length is out of range");
                    return null;
                }
                var items = Items(ref cursor, array.Element, count, start + AbiType.WordSize, out size);
                size += AbiType.WordSize;
                return items;
            case AbiType.Bytes:
                return cursor.TryReadBytes(start, out var bytes, out size) ? new AbiValue.Bytes(bytes) : null;
            case AbiType.Text:
                return cursor.TryReadBytes(start, out var utf8, out size) ? TextValue(ref cursor, utf8.Span) : null;
            default:
                return Word(ref cursor, type, start);
        }
    }

    private static AbiValue? Word(ref Cursor cursor, AbiType type, int start)
    {
        if (cursor.Remaining(start) < AbiType.WordSize)
        {
            cursor.Fail("the data ends here");
            return null;
        }
        var memory = cursor.Data.Slice(start, AbiType.WordSize);
        var word32 = memory.Span;
        if (!type.IsCanonicalWord(word32))
        {
            cursor.Fail($"the word is no {type.Name}");
            return null;
        }
        return type switch
        {
            AbiType.Uint => new AbiValue.Uint(UInt256.FromBigEndian(word32)),
            AbiType.Int => new AbiValue.Int(Int256.FromBigEndian(word32)),
            AbiType.AddressType => new AbiValue.AddressValue(new Address(word32[12..])),
            AbiType.Bool => new AbiValue.Bool(word32[31] == 1),
            AbiType.FixedBytes fixedBytes => new AbiValue.Bytes(memory[..fixedBytes.Length]),
            _ => null,
        };
    }

    private static AbiValue.Text? TextValue(ref Cursor cursor, ReadOnlySpan<byte> utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            cursor.Fail("the text is not UTF-8");
            return null;
        }
        return new AbiValue.Text(StrictUtf8.GetString(utf8));
    }

    private struct Cursor(ReadOnlyMemory<byte> data)
    {
        public readonly ReadOnlyMemory<byte> Data => data;

        private string _path = "";
        private string _reason = "";

        public readonly string Fault => _path.Length > 0 && _reason.Length > 0 ? $"{_path}: {_reason}" : _reason;

        public readonly int Remaining(int start) => Math.Max(0, data.Length - start);

        // The first, innermost reason stays.
        public void Fail(string reason) => _reason = _reason.Length == 0 ? reason : _reason;

        public void Prefix(string name) =>
            _path =
                _path.Length == 0 ? name
                : _path[0] == '[' ? name + _path
                : $"{name}.{_path}";

        // A length or an offset: it cannot exceed the data.
        public readonly bool TryReadLength(int start, out int value)
        {
            value = 0;
            if (Remaining(start) < AbiType.WordSize)
            {
                return false;
            }
            var word32 = data.Span.Slice(start, AbiType.WordSize);
            var low = BinaryPrimitives.ReadUInt32BigEndian(word32[28..]);
            if (word32[..28].ContainsAnyExcept((byte)0) || low > (uint)data.Length)
            {
                return false;
            }
            value = (int)low;
            return true;
        }

        public bool TryReadBytes(int start, out ReadOnlyMemory<byte> bytes, out int size)
        {
            bytes = default;
            size = 0;
            if (!TryReadLength(start, out var length))
            {
                Fail("the length is out of range");
                return false;
            }
            var padded = ((long)length + 31) / 32 * 32;
            var content = start + AbiType.WordSize;
            if (padded > Remaining(content))
            {
                Fail("the data ends inside the bytes");
                return false;
            }
            if (data.Span[(content + length)..(content + (int)padded)].ContainsAnyExcept((byte)0))
            {
                Fail("the padding is not zero");
                return false;
            }
            bytes = data.Slice(content, length);
            size = AbiType.WordSize + (int)padded;
            return true;
        }
    }
}
