using System.Text.Json;

namespace SessionSigner.Ethereum;

/// <summary>Reads a JSON value as a value of a type. Every member of a struct must be there once, and no other.</summary>
internal ref struct TypedDataValueReader(ReadOnlySpan<byte> utf8Json)
{
    private Utf8JsonReader _json = new(utf8Json, TypedDataReader.JsonOptions);
    private string _path = "";
    private string _reason = "";

    /// <summary>Path and reason of the fault.</summary>
    public readonly string Fault(string root) =>
        _path.StartsWith('[') || _path.Length == 0 ? $"{root}{_path}: {_reason}" : $"{root}.{_path}: {_reason}";

    /// <summary>The value, or null if it is not of the type.</summary>
    public AbiValue? ReadRoot(AbiType type)
    {
        _json.Read();
        return Read(type);
    }

    private AbiValue? Read(AbiType type) =>
        type switch
        {
            AbiType.Tuple tuple => ReadStruct(tuple),
            AbiType.Array array => ReadArray(array),
            AbiType.Bool => ReadBool(),
            AbiType.Uint or AbiType.Int => ReadInteger(type),
            _ => _json.TokenType == JsonTokenType.String ? ReadText(type, _json.GetString()!) : Fail("not a string"),
        };

    private AbiValue.Tuple? ReadStruct(AbiType.Tuple type)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            Fail("not an object");
            return null;
        }
        var items = new AbiValue?[type.Members.Count];
        var found = 0;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            // Senders mostly keep the declared order, so the next member is tried first.
            var index = found < items.Length && _json.ValueTextEquals(type.Members[found].Name) ? found : IndexOf(type, _json.GetString()!);
            if (index < 0 || items[index] is not null)
            {
                Fail(index < 0 ? "has a member that its type lacks" : $"has \"{type.Members[index].Name}\" twice");
                return null;
            }
            _json.Read();
            items[index] = Read(type.Members[index].Type);
            if (items[index] is null)
            {
                Prefix(type.Members[index].Name);
                return null;
            }
            found++;
        }
        if (found < items.Length)
        {
            Fail($"lacks \"{type.Members[Array.IndexOf(items, null)].Name}\"");
            return null;
        }
        return new AbiValue.Tuple(type.Members, items!);
    }

    private AbiValue.Array? ReadArray(AbiType.Array type)
    {
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            Fail("not an array");
            return null;
        }
        var items = new List<AbiValue>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (Read(type.Element) is not { } item)
            {
                Prefix($"[{items.Count}]");
                return null;
            }
            items.Add(item);
        }
        if (type.Length is { } length && items.Count != length)
        {
            Fail($"not {length} items");
            return null;
        }
        return new AbiValue.Array(items);
    }

    private AbiValue? ReadBool() =>
        _json.TokenType is JsonTokenType.True or JsonTokenType.False
            ? new AbiValue.Bool(_json.TokenType == JsonTokenType.True)
            : Fail("not true or false");

    private AbiValue? ReadInteger(AbiType type)
    {
        Int256 signed = default;
        UInt256 unsigned = default;
        var isText = _json.TokenType == JsonTokenType.String;
        if (!isText && _json.TokenType != JsonTokenType.Number)
        {
            return Fail("not an integer");
        }
        var text = isText ? _json.GetString()! : System.Text.Encoding.ASCII.GetString(_json.ValueSpan);
        if (type is AbiType.Uint uintType)
        {
            return TypedDataInteger.TryParseUnsigned(text, isText, out unsigned) && unsigned.BitLength <= uintType.Bits
                ? new AbiValue.Uint(unsigned)
                : Fail($"not a {type.Name}{TypedDataInteger.Accepted}");
        }
        return TypedDataInteger.TryParseSigned(text, isText, out signed) && signed.FitsBits(((AbiType.Int)type).Bits)
            ? new AbiValue.Int(signed)
            : Fail($"not an {type.Name}{TypedDataInteger.Accepted}");
    }

    private AbiValue? ReadText(AbiType type, string text)
    {
        switch (type)
        {
            case AbiType.Text:
                return new AbiValue.Text(text);
            case AbiType.AddressType:
                return Address.TryParseLowerOrChecksummed(text, out var address)
                    ? new AbiValue.AddressValue(address)
                    : Fail("not an address in lower case or with its checksum");
            default:
                var bytes = ParseHex(text);
                var length = (type as AbiType.FixedBytes)?.Length;
                return bytes is null || (length is not null && bytes.Length != length)
                    ? Fail($"not 0x and hexadecimal digits of a {type.Name}")
                    : new AbiValue.Bytes(bytes);
        }
    }

    private static byte[]? ParseHex(string text)
    {
        if (!text.StartsWith("0x", StringComparison.Ordinal) || text.Length % 2 != 0)
        {
            return null;
        }
        var bytes = new byte[(text.Length - 2) / 2];
        return Convert.FromHexString(text.AsSpan(2), bytes, out _, out _) == System.Buffers.OperationStatus.Done ? bytes : null;
    }

    private static int IndexOf(AbiType.Tuple type, string name)
    {
        for (var i = 0; i < type.Members.Count; i++)
        {
            if (type.Members[i].Name == name)
            {
                return i;
            }
        }
        return -1;
    }

    private AbiValue? Fail(string reason)
    {
        _reason = _reason.Length == 0 ? reason : _reason;
        return null;
    }

    private void Prefix(string name) => _path = _path.Length == 0 || _path[0] == '[' ? name + _path : $"{name}.{_path}";
}
