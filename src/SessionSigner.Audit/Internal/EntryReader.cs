using System.Text;
using System.Text.Unicode;

namespace SessionSigner.Audit;

/// <summary>Reads protobuf fields strictly: minimal varints, no empty values, no length beyond the end.</summary>
internal ref struct EntryReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Why the last read was false: constant text.</summary>
    public string Fault { get; private set; } = "";

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool Refuse(string fault)
    {
        Fault = fault;
        return false;
    }

    public bool TryReadTag(out int field, out WireType wireType)
    {
        field = 0;
        wireType = default;
        if (!TryReadVarint(out var tag))
        {
            return false;
        }
        if (tag > 0xFFFF)
        {
            return Refuse("A field is unknown.");
        }
        field = (int)(tag >> 3);
        wireType = (WireType)(tag & 7);
        return true;
    }

    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < 10; i++)
        {
            if (i >= _rest.Length)
            {
                return Refuse("A number ends beyond the end of the entry.");
            }
            var part = _rest[i];
            if (i == 9 && part > 1)
            {
                return Refuse("A number has more than 64 bits.");
            }
            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                if (part == 0 && i > 0)
                {
                    return Refuse("A number is not in its shortest form.");
                }
                _rest = _rest[(i + 1)..];
                return true;
            }
        }
        return Refuse("A number has more than 64 bits.");
    }

    public bool TryReadBytes(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadVarint(out var size))
        {
            return false;
        }
        if (size > (ulong)_rest.Length)
        {
            return Refuse("A value ends beyond the end of the entry.");
        }
        if (size == 0)
        {
            return Refuse("A value is empty; empty values are left out.");
        }
        value = _rest[..(int)size];
        _rest = _rest[(int)size..];
        return true;
    }

    public bool TryReadText(out string text)
    {
        text = "";
        if (!TryReadBytes(out var bytes))
        {
            return false;
        }
        if (!Utf8.IsValid(bytes))
        {
            return Refuse("A text is not valid UTF-8.");
        }
        text = Encoding.UTF8.GetString(bytes);
        return true;
    }
}
