using System.Buffers.Binary;
using System.Text;

namespace SessionSigner.Grants.Tests;

/// <summary>Writes the data types of SSH (RFC 4251, 5) for tests that make keys and signatures by hand.</summary>
internal sealed class SshBytes
{
    private readonly List<byte> _bytes = [];

    public SshBytes Raw(ReadOnlySpan<byte> value)
    {
        _bytes.AddRange(value);
        return this;
    }

    public SshBytes Byte(byte value) => Raw([value]);

    public SshBytes UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Raw(bytes);
    }

    public SshBytes String(ReadOnlySpan<byte> value) => UInt32((uint)value.Length).Raw(value);

    public SshBytes Text(string text) => String(Encoding.UTF8.GetBytes(text));

    public byte[] ToArray() => [.. _bytes];
}
