using System.Buffers.Binary;
using SessionSigner.Audit;
using SessionSigner.Audit.Tests;
using Xunit.Abstractions;

namespace Fuzz;

/// <summary>The audit log, as an auditor gets it.</summary>
public class AuditFuzzTests(ITestOutputHelper output)
{
    private const string Origin = "daemon.example/audit";

    [Fact]
    public void Entries_have_one_encoding() =>
        new Fuzzer("entries", [EntryCodec.Encode(Entries.Full), .. Entries.Log(8)], ReadEntry, output).Run();

    [Fact]
    public void Exported_logs() =>
        new Fuzzer("exported logs", [Export(Entries.Log(3)), Export(Entries.Log(20)), Export([])], ReadFile, output).Run();

    private static string? ReadEntry(byte[] input)
    {
        if (!EntryCodec.TryDecode(input, out var entry, out var fault))
        {
            return fault;
        }
        Assert.Equal(input, EntryCodec.Encode(entry!));
        return null;
    }

    private static string? ReadFile(byte[] input)
    {
        using var stream = new MemoryStream(input);
        var verification = LogFileReader.Verify(stream, null, null, out var checkpoint);
        if (verification.IsValid)
        {
            Assert.Equal(input, Export(Split(input), checkpoint!.Origin));
            return null;
        }
        // Nearly every mutant fails for its root. With the root of its own entries, what else is wrong with them counts.
        var entries = Split(input);
        using var own = new MemoryStream(Export(entries));
        var again = LogFileReader.Verify(own, null, null, out _);
        Assert.Equal(entries.Count, again.Size);
        Assert.InRange(again.Faults.Count, 0, LogVerifier.FaultsMax);
        return string.Join('\n', verification.Faults.Concat(again.Faults).Select(fault => fault.Message).Distinct());
    }

    // What follows the first empty line, as far as it can be taken apart.
    private static List<byte[]> Split(byte[] file)
    {
        var entries = new List<byte[]>();
        var end = file.AsSpan().IndexOf("\n\n"u8);
        var rest = end < 0 ? default : file.AsSpan(end + 2);
        while (rest.Length > 2 && BinaryPrimitives.ReadUInt16BigEndian(rest) is var size && size > 0 && size + 2 <= rest.Length)
        {
            entries.Add(rest.Slice(2, size).ToArray());
            rest = rest[(size + 2)..];
        }
        return entries;
    }

    private static byte[] Export(List<byte[]> entries, string origin = Origin)
    {
        var tree = new MerkleTree();
        entries.ForEach(entry => tree.Append(entry));
        using var stream = new MemoryStream();
        var writer = new LogFileWriter(stream, new LogCheckpoint(origin, entries.Count, tree.Root()));
        entries.ForEach(entry => writer.Write(entry));
        writer.Complete();
        return stream.ToArray();
    }
}
