using System.Text.Unicode;
using Google.Protobuf.Reflection;
using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>
/// Reads the bytes of a request before the library does, and refuses what the library would settle silently: unknown fields, fields of another
/// wire type, a field or a oneof set twice, numbers in more bytes than they need or beyond their type, text that is not UTF-8. A caller and the
/// daemon must not read two different requests out of the same bytes, nor a caller believe in a restriction that the daemon never read.
/// </summary>
internal static class WireCheck
{
    private const int DepthMax = 16;
    private const int VarintSizeMax = 10;

    private enum WireType
    {
        Varint = 0,
        Fixed64 = 1,
        Bytes = 2,
        Fixed32 = 5,
    }

    /// <summary>Checks one message.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.InvalidRequest"/> naming field and rule.</exception>
    public static void Check(MessageDescriptor message, ReadOnlySpan<byte> bytes) => Check(message, bytes, 0);

    private static void Check(MessageDescriptor message, ReadOnlySpan<byte> bytes, int depth)
    {
        if (depth > DepthMax)
        {
            throw Refuse("", "The request is nested too deeply.");
        }
        Span<bool> seen = stackalloc bool[message.Fields.InDeclarationOrder().Count];
        Span<bool> chosen = stackalloc bool[message.Oneofs.Count];
        while (!bytes.IsEmpty)
        {
            var tag = ReadVarint(ref bytes, "");
            var field = tag >> 3 is var number and > 0 and <= int.MaxValue ? message.FindFieldByNumber((int)number) : null;
            if (field is null)
            {
                throw Refuse("", "The request has a field that this version does not know.");
            }
            if (!field.IsRepeated && Exchange(ref seen[field.Index], true))
            {
                throw Refuse(field.Name, "Is given twice.");
            }
            if (field.ContainingOneof is { } choice && Exchange(ref chosen[choice.Index], true))
            {
                throw Refuse(field.Name, $"Another member of {choice.Name} is given too.");
            }
            CheckValue(field, (WireType)(tag & 7), ref bytes, depth);
        }
    }

    private static void CheckValue(FieldDescriptor field, WireType type, ref ReadOnlySpan<byte> bytes, int depth)
    {
        var expected = TypeOf(field.FieldType);
        if (field.IsRepeated && type == WireType.Bytes && expected != WireType.Bytes)
        {
            for (var packed = ReadBytes(ref bytes, field.Name); !packed.IsEmpty; )
            {
                CheckScalar(field, expected, ref packed);
            }
            return;
        }
        if (type != expected)
        {
            throw Refuse(field.Name, "Is of the wrong wire type.");
        }
        if (type != WireType.Bytes)
        {
            CheckScalar(field, type, ref bytes);
            return;
        }
        var value = ReadBytes(ref bytes, field.Name);
        if (field.FieldType == FieldType.Message)
        {
            Check(field.MessageType, value, depth + 1);
        }
        else if (field.FieldType == FieldType.String && !Utf8.IsValid(value))
        {
            throw Refuse(field.Name, "Is not UTF-8.");
        }
    }

    private static void CheckScalar(FieldDescriptor field, WireType type, ref ReadOnlySpan<byte> bytes)
    {
        if (type != WireType.Varint)
        {
            _ = Take(ref bytes, type == WireType.Fixed64 ? 8UL : 4UL, field.Name);
            return;
        }
        var value = ReadVarint(ref bytes, field.Name);
        var isInRange = field.FieldType switch
        {
            FieldType.Bool => value <= 1,
            FieldType.UInt32 or FieldType.SInt32 => value <= uint.MaxValue,
            // Negative numbers take 64 bits.
            FieldType.Int32 or FieldType.Enum => unchecked((long)value) is >= int.MinValue and <= int.MaxValue,
            _ => true,
        };
        if (!isInRange)
        {
            throw Refuse(field.Name, "Is out of the range of its type.");
        }
    }

    private static WireType TypeOf(FieldType type) =>
        type switch
        {
            FieldType.Fixed64 or FieldType.SFixed64 or FieldType.Double => WireType.Fixed64,
            FieldType.Fixed32 or FieldType.SFixed32 or FieldType.Float => WireType.Fixed32,
            FieldType.String or FieldType.Bytes or FieldType.Message => WireType.Bytes,
            _ => WireType.Varint,
        };

    // The shortest encoding only.
    private static ulong ReadVarint(ref ReadOnlySpan<byte> bytes, string field)
    {
        var value = 0UL;
        for (var i = 0; i < VarintSizeMax; i++)
        {
            var next = Take(ref bytes, 1, field)[0];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                var isShortest = i == 0 || next != 0;
                var fits = i < VarintSizeMax - 1 || next == 1;
                return isShortest && fits ? value : throw Refuse(field, "Has a number in another encoding than the shortest.");
            }
        }
        throw Refuse(field, "Has a number that is too long.");
    }

    private static ReadOnlySpan<byte> ReadBytes(ref ReadOnlySpan<byte> bytes, string field)
    {
        var length = ReadVarint(ref bytes, field);
        return Take(ref bytes, length, field);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, ulong length, string field)
    {
        if (length > (ulong)bytes.Length)
        {
            throw Refuse(field, "The request ends in the middle of a field.");
        }
        var taken = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return taken;
    }

    private static bool Exchange(ref bool place, bool value)
    {
        var before = place;
        place = value;
        return before;
    }

    private static SignerException Refuse(string field, string rule) => new(ErrorCode.InvalidRequest, rule, field);
}
