using System.Buffers.Binary;

namespace SessionSigner.Grants;

/// <summary>Writes the data types of SSH. SPEC: RFC 4251 section 5.</summary>
internal sealed class SshWriter
{
    private readonly List<byte> _bytes = [];

    public SshWriter Raw(ReadOnlySpan<byte> value)
    {
        _bytes.AddRange(value);
        return this;
    }

    public SshWriter Byte(byte value) => Raw([value]);

    public SshWriter UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Raw(bytes);
    }

    public SshWriter String(ReadOnlySpan<byte> value) => UInt32((uint)value.Length).Raw(value);

    public SshWriter Text(string ascii) => String(System.Text.Encoding.ASCII.GetBytes(ascii));

    public byte[] ToArray() => [.. _bytes];
}
