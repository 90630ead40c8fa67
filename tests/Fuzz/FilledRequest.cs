using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Fuzz;

/// <summary>Requests with every field set; enums and small numbers to the one given.</summary>
internal static class FilledRequest
{
    private const int DepthMax = 3;

    public static byte[] Of(MessageDescriptor type, int number) => Fill(type, number, 0).ToByteArray();

    private static IMessage Fill(MessageDescriptor type, int number, int depth)
    {
        var message = type.Parser.ParseFrom([]);
        foreach (var field in type.Fields.InDeclarationOrder().Where(field => !field.IsMap))
        {
            if (field.IsRepeated)
            {
                _ = ((System.Collections.IList)field.Accessor.GetValue(message)).Add(Value(field, number, depth));
            }
            else
            {
                field.Accessor.SetValue(message, Value(field, number, depth));
            }
        }
        return message;
    }

    private static object Value(FieldDescriptor field, int number, int depth) =>
        field.FieldType switch
        {
            FieldType.Message => depth < DepthMax ? Fill(field.MessageType, number, depth + 1) : field.MessageType.Parser.ParseFrom([]),
            FieldType.String => "00112233445566778899aabbccddeeff",
            FieldType.Bytes => ByteString.CopyFrom([2, 0xc0, 0x80]),
            FieldType.Bool => true,
            FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => 1_700_000_000L,
            FieldType.UInt64 or FieldType.Fixed64 => 1_700_000_000UL,
            FieldType.UInt32 or FieldType.Fixed32 => 7U,
            FieldType.Double => 1.5,
            FieldType.Float => 1.5f,
            _ => number,
        };
}
