using System.Text;

namespace SessionSigner.Audit;

/// <summary>Writes protobuf fields into a buffer of fixed size; defaults are left out. Once the buffer is too small, nothing more is written.</summary>
internal ref struct EntryWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _position;

    public bool IsOverfull { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[.._position];

    public void WriteVarintField(int field, ulong value)
    {
        if (value != 0)
        {
            WriteTag(field, WireType.Varint);
            WriteVarint(value);
        }
    }

    public void WriteBytesField(int field, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }
        WriteTag(field, WireType.LengthDelimited);
        WriteVarint((ulong)bytes.Length);
        if (Reserve(bytes.Length))
        {
            bytes.CopyTo(_buffer[_position..]);
            _position += bytes.Length;
        }
    }

    public void WriteTextField(int field, string text)
    {
        if (text.Length == 0)
        {
            return;
        }
        var size = Encoding.UTF8.GetByteCount(text);
        WriteTag(field, WireType.LengthDelimited);
        WriteVarint((ulong)size);
        if (Reserve(size))
        {
            _position += Encoding.UTF8.GetBytes(text, _buffer[_position..]);
        }
    }

    public void WriteDebitField(int field, BudgetDebit debit)
    {
        WriteTag(field, WireType.LengthDelimited);
        var bucket = checked((ulong)debit.Bucket);
        var size =
            TextFieldSize(debit.Budget)
            + TextFieldSize(debit.Amount)
            + TextFieldSize(debit.SpentAfter)
            + TextFieldSize(debit.Per)
            + TextFieldSize(debit.Window)
            + (bucket == 0 ? 0 : 1 + VarintSize(bucket));
        WriteVarint((ulong)size);
        WriteTextField(1, debit.Budget);
        WriteTextField(2, debit.Amount);
        WriteTextField(3, debit.SpentAfter);
        WriteTextField(4, debit.Per);
        WriteTextField(5, debit.Window);
        WriteVarintField(6, bucket);
    }

    // Fields 1 to 15 have a tag of one byte; the texts of a debit are shorter than 16,384 bytes.
    private static int TextFieldSize(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        return size == 0 ? 0 : 1 + (size < 0x80 ? 1 : 2) + size;
    }

    private void WriteTag(int field, WireType wireType) => WriteVarint(((ulong)field << 3) | (ulong)wireType);

    private void WriteVarint(ulong value)
    {
        if (!Reserve(VarintSize(value)))
        {
            return;
        }
        while (value >= 0x80)
        {
            _buffer[_position++] = (byte)((value & 0x7F) | 0x80);
            value >>= 7;
        }
        _buffer[_position++] = (byte)value;
    }

    private static int VarintSize(ulong value)
    {
        var size = 1;
        while (value >= 0x80)
        {
            value >>= 7;
            size++;
        }
        return size;
    }

    private bool Reserve(int size)
    {
        if (size > _buffer.Length - _position)
        {
            IsOverfull = true;
        }
        return !IsOverfull;
    }
}

/// <summary>The two wire types the format uses.</summary>
internal enum WireType
{
    Varint = 0,
    LengthDelimited = 2,
}
