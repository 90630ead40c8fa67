using System.Text;

namespace SessionSigner.Audit.Tests;

public sealed class LogFileTests
{
    private const string Origin = "example.org/desk";

    [Fact]
    public void The_vector_is_valid_and_written_again_to_the_same_bytes()
    {
        var vector = Vectors.Root.GetProperty("file");
        var file = vector.Hex("hex");
        var entries = new List<Entry>();
        var result = LogFileReader.Verify(new MemoryStream(file), null, (_, entry) => entries.Add(entry), out var checkpoint);

        Assert.True(result.IsValid, string.Join('\n', result.Faults));
        Assert.Equal(vector.Text("origin"), checkpoint!.Origin);
        Assert.Equal(vector.GetProperty("size").GetInt64(), result.Size);
        Assert.Equal(vector.Hex("root"), result.Root.ToArray());
        Assert.Equal(file, Export(checkpoint, entries.Select(EntryCodec.Encode)));
    }

    [Fact]
    public void Every_changed_byte_of_a_file_is_found_with_the_trusted_checkpoint_at_hand()
    {
        var log = Entries.Log(16);
        var checkpoint = Checkpoint(log);
        var file = Export(checkpoint, log);
        Assert.True(Verify(file, checkpoint).IsValid);
        for (var i = 0; i < file.Length; i++)
        {
            foreach (var change in (byte[])[1, 0x80])
            {
                var changed = (byte[])file.Clone();
                changed[i] ^= change;
                Assert.False(Verify(changed, checkpoint).IsValid, $"byte {i} ^ {change}");
            }
        }
    }

    [Fact]
    public void Every_truncation_is_found()
    {
        var log = Entries.Log(16);
        var file = Export(Checkpoint(log), log);
        for (var size = 0; size < file.Length; size++)
        {
            Assert.False(Verify(file[..size], null).IsValid, $"{size} bytes");
        }
        Assert.False(Verify([.. file, 0], null).IsValid);
        Assert.False(Verify([.. file, .. file[^50..]], null).IsValid);
    }

    [Fact]
    public void Deleted_repeated_inserted_and_swapped_entries_are_found()
    {
        var log = Entries.Log(64);
        var checkpoint = Checkpoint(log);
        for (var i = 0; i < log.Count; i++)
        {
            Assert.False(VerifyLog(checkpoint, [.. log[..i], .. log[(i + 1)..]]).IsValid, $"deleted {i}");
            Assert.False(VerifyLog(checkpoint, [.. log[..i], log[i], .. log[i..]]).IsValid, $"repeated {i}");
            Assert.False(VerifyLog(checkpoint, [.. log[..i], EntryCodec.Encode(Entries.Opened), .. log[i..]]).IsValid, $"inserted {i}");
            var j = (i + 17) % log.Count;
            var swapped = log.ToList();
            (swapped[i], swapped[j]) = (swapped[j], swapped[i]);
            Assert.False(VerifyLog(checkpoint, swapped).IsValid, $"swapped {i} and {j}");
        }
        Assert.True(VerifyLog(checkpoint, log).IsValid);
    }

    [Fact]
    public void A_rewritten_file_is_found_only_against_a_checkpoint_from_elsewhere()
    {
        var log = Entries.Log(16);
        var trusted = Checkpoint(log);
        var shorter = log[..15];
        var rewritten = Export(Checkpoint(shorter), shorter);

        Assert.True(Verify(rewritten, null).IsValid);
        Assert.False(Verify(rewritten, trusted).IsValid);
        Assert.False(Verify(Export(trusted with { Origin = "other" }, log), trusted).IsValid);
    }

    [Fact]
    public void Faults_name_the_entry()
    {
        var log = Entries.Log(8);
        var verifier = new LogVerifier();
        for (var i = 0; i < log.Count; i++)
        {
            verifier.Add(i, i == 5 ? log[i][1..] : log[i]);
        }
        var result = verifier.Complete(8, Checkpoint(log).Root.Span);

        Assert.Equal([5, 8], result.Faults.Select(fault => fault.Index));
        Assert.Equal(2, new LogVerifier().AddAll(0, 2, log).Complete(2, Checkpoint(log[..2]).Root.Span).Size);
        Assert.Contains(new LogVerifier().AddAll(1, 3, log).Complete(2, new byte[32]).Faults, fault => fault.Index == 0);
    }

    [Fact]
    public void Signing_outside_an_open_session_is_found_even_if_the_root_is_right()
    {
        var signed = EntryCodec.Encode(Entries.Full);
        var ended = EntryCodec.Encode(Entries.Full with { Kind = EntryKind.SessionEnded });
        var opened = EntryCodec.Encode(Entries.Opened);
        foreach (
            var log in (List<byte[]>[])
                [
                    [signed],
                    [opened, ended, signed],
                    [opened, opened],
                    [opened, ended, ended],
                ]
        )
        {
            Assert.Equal(log.Count - 1, Assert.Single(VerifyLog(Checkpoint(log), log).Faults).Index);
        }
    }

    [Fact]
    public void The_writer_refuses_what_is_not_the_log_of_its_checkpoint()
    {
        var log = Entries.Log(8);
        Assert.Throws<InvalidDataException>(() => Export(Checkpoint(log), log[..7]));
        Assert.Throws<ArgumentException>(() =>
            Export(
                Checkpoint(log),
                [
                    [],
                ]
            )
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\n1\n")]
    [InlineData("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    [InlineData("\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("a b\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("a\n00\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("a\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("a\n9223372036854775808\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n")]
    [InlineData("a\n0\n 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("a\n0\n47DEQpj8HBSa\n")]
    [InlineData("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n")]
    public void Checkpoints_in_any_other_form_are_refused(string text)
    {
        Assert.False(LogCheckpoint.TryDecode(Encoding.UTF8.GetBytes(text), out _));
        Assert.True(LogCheckpoint.TryDecode("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"u8, out _));
    }

    private static LogCheckpoint Checkpoint(IEnumerable<byte[]> log)
    {
        var tree = new MerkleTree();
        foreach (var entry in log)
        {
            tree.Append(entry);
        }
        return new LogCheckpoint(Origin, tree.Size, tree.Root());
    }

    private static byte[] Export(LogCheckpoint checkpoint, IEnumerable<byte[]> log)
    {
        var stream = new MemoryStream();
        var writer = new LogFileWriter(stream, checkpoint);
        foreach (var entry in log)
        {
            writer.Write(entry);
        }
        writer.Complete();
        return stream.ToArray();
    }

    private static LogVerification Verify(byte[] file, LogCheckpoint? expected) =>
        LogFileReader.Verify(new MemoryStream(file), expected, null, out _);

    private static LogVerification VerifyLog(LogCheckpoint checkpoint, List<byte[]> log) =>
        new LogVerifier().AddAll(0, log.Count, log).Complete(checkpoint.Size, checkpoint.Root.Span);
}

internal static class LogVerifierExtensions
{
    /// <summary>Adds entries under the indexes their source gives them.</summary>
    public static LogVerifier AddAll(this LogVerifier verifier, int start, int end, List<byte[]> log)
    {
        for (var i = start; i < end; i++)
        {
            verifier.Add(i, log[i]);
        }
        return verifier;
    }
}
