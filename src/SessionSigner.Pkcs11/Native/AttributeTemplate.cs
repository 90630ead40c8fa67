using System.Runtime.InteropServices;

namespace SessionSigner.Pkcs11;

/// <summary>A list of CK_ATTRIBUTE in native memory, for a search or a key's template. Holds no secrets.</summary>
internal sealed unsafe class AttributeTemplate : IDisposable
{
    public const int EntriesMax = 12;

    private readonly AttributeEntry* _entries = (AttributeEntry*)NativeMemory.AllocZeroed(EntriesMax, (nuint)sizeof(AttributeEntry));

    public int Count { get; private set; }

    public AttributeEntry* Entries => _entries;

    public AttributeTemplate Add(AttributeType type, ReadOnlySpan<byte> value)
    {
        if (Count == EntriesMax)
        {
            throw new InvalidOperationException("The template is full.");
        }
        var copy = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, value.Length));
        value.CopyTo(new Span<byte>(copy, value.Length));
        _entries[Count++] = new AttributeEntry
        {
            Type = (nuint)type,
            Value = (nint)copy,
            Length = (nuint)value.Length,
        };
        return this;
    }

    public AttributeTemplate Add(AttributeType type, bool value) => Add(type, [value ? (byte)1 : (byte)0]);

    public AttributeTemplate Add(ObjectClass value)
    {
        var number = (nuint)value;
        return Add(AttributeType.Class, new ReadOnlySpan<byte>(&number, sizeof(nuint)));
    }

    public void Dispose()
    {
        for (var i = 0; i < Count; i++)
        {
            NativeMemory.Free((void*)_entries[i].Value);
        }
        Count = 0;
        NativeMemory.Free(_entries);
    }
}
