using System.Buffers.Binary;
using System.Text;

namespace SessionSigner.Audit;

/// <summary>
/// Verifies an exported log, offline and in one pass; memory does not grow with the log but for the identifiers of its sessions.
/// SPEC: proto/spec/audit-log.md, "Export file"
/// </summary>
public static class LogFileReader
{
    /// <summary>Reads the file to its end and verifies it against its own checkpoint and, if given, against one that was kept elsewhere.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="expected">A checkpoint from a trusted place, or null: without one, a file that was rewritten as a whole cannot be told from the original.</param>
    /// <param name="onEntry">Called for each entry that can be decoded, with its index, or null.</param>
    /// <param name="checkpoint">The file's checkpoint, or null if the header is not one.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static LogVerification Verify(
        Stream stream,
        LogCheckpoint? expected,
        Action<long, Entry>? onEntry,
        out LogCheckpoint? checkpoint
    )
    {
        var verifier = new LogVerifier();
        if (!TryReadHeader(stream, out checkpoint))
        {
            verifier.Report("The file does not begin with the header of an exported audit log.");
            return verifier.Complete(0, new MerkleTree().Root());
        }
        if (expected is not null && expected.Origin != checkpoint!.Origin)
        {
            verifier.Report("The file is of a log with another origin than expected.");
        }
        var trusted = expected ?? checkpoint!;
        if (trusted.Size != checkpoint!.Size || !trusted.Root.Span.SequenceEqual(checkpoint.Root.Span))
        {
            verifier.Report("The file's checkpoint is not the expected one.");
        }
        ReadEntries(stream, verifier, onEntry);
        return verifier.Complete(trusted.Size, trusted.Root.Span);
    }

    private static void ReadEntries(Stream stream, LogVerifier verifier, Action<long, Entry>? onEntry)
    {
        var buffer = new byte[EntryCodec.SizeMax];
        var length = new byte[sizeof(ushort)];
        while (true)
        {
            var read = stream.ReadAtLeast(length, length.Length, throwOnEndOfStream: false);
            if (read == 0)
            {
                return;
            }
            var size = BinaryPrimitives.ReadUInt16BigEndian(length);
            if (read < length.Length || stream.ReadAtLeast(buffer.AsSpan(0, size), size, throwOnEndOfStream: false) < size)
            {
                verifier.Report("The file ends within an entry.");
                return;
            }
            var index = verifier.Size;
            if (verifier.Add(index, buffer.AsSpan(0, size)) is { } entry)
            {
                onEntry?.Invoke(index, entry);
            }
        }
    }

    // The first line, the checkpoint's three lines, an empty line.
    private static bool TryReadHeader(Stream stream, out LogCheckpoint? checkpoint)
    {
        checkpoint = null;
        var header = new List<byte>();
        for (var lines = 0; lines < 5; )
        {
            var next = stream.ReadByte();
            if (next < 0 || header.Count > LogCheckpoint.SizeMax)
            {
                return false;
            }
            header.Add((byte)next);
            lines += next == '\n' ? 1 : 0;
        }
        var first = Encoding.ASCII.GetBytes(LogFileWriter.FirstLine + "\n");
        var bytes = header.ToArray().AsSpan();
        return bytes.StartsWith(first)
            && bytes[^2..].SequenceEqual("\n\n"u8)
            && LogCheckpoint.TryDecode(bytes[first.Length..^1], out checkpoint);
    }
}
