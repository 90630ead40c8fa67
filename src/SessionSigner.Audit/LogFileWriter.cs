using System.Buffers.Binary;

namespace SessionSigner.Audit;

/// <summary>
/// Writes an exported log: a header with the checkpoint, then every entry behind its length.
/// SPEC: proto/spec/audit-log.md, "Export file"
/// </summary>
public sealed class LogFileWriter
{
    /// <summary>First line of the file.</summary>
    internal const string FirstLine = "sessionsigner.audit-log.v1";

    private readonly Stream _stream;
    private readonly LogCheckpoint _checkpoint;
    private readonly MerkleTree _tree = new();

    /// <summary>Writes the header.</summary>
    /// <param name="stream">Where the file goes; stays open.</param>
    /// <param name="checkpoint">The log that is exported.</param>
    public LogFileWriter(Stream stream, LogCheckpoint checkpoint)
    {
        _stream = stream;
        _checkpoint = checkpoint;
        _stream.Write("sessionsigner.audit-log.v1\n"u8);
        _stream.Write(checkpoint.Encode());
        _stream.Write("\n"u8);
    }

    /// <summary>Writes the next entry, from index 0 on.</summary>
    /// <exception cref="ArgumentException">The entry is empty or too long.</exception>
    public void Write(ReadOnlySpan<byte> entry)
    {
        if (entry.Length is 0 or > EntryCodec.SizeMax)
        {
            throw new ArgumentException("An entry has 1 to 65,535 bytes.", nameof(entry));
        }
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)entry.Length);
        _stream.Write(length);
        _stream.Write(entry);
        _tree.Append(entry);
    }

    /// <summary>Confirms that what was written is the log of the checkpoint, and flushes.</summary>
    /// <exception cref="InvalidDataException">It is not: the file is no valid export.</exception>
    public void Complete()
    {
        if (_tree.Size != _checkpoint.Size || !_tree.Root().AsSpan().SequenceEqual(_checkpoint.Root.Span))
        {
            throw new InvalidDataException("The entries written are not those of the checkpoint.");
        }
        _stream.Flush();
    }
}
