using System.Text;
using SessionSigner.Audit;

namespace SessionSigner.Cli;

/// <summary>
/// A checkpoint that was kept from an earlier time: the log must still begin with the entries it covers. This is what finds a log that was rewritten
/// together with its checkpoint.
/// </summary>
internal sealed class KeptCheckpoint(LogCheckpoint? kept)
{
    private readonly MerkleTree _tree = new();

    /// <exception cref="UsageException">The file is no checkpoint.</exception>
    public static KeptCheckpoint Read(string? path)
    {
        if (path is null)
        {
            return new KeptCheckpoint(null);
        }

        var text = Encoding.Latin1.GetBytes(InputFile.ReadText(path, "checkpoint", LogCheckpoint.SizeMax));
        return LogCheckpoint.TryDecode(text, out var checkpoint)
            ? new KeptCheckpoint(checkpoint)
            : throw new UsageException($"{path} is not a checkpoint that 'audit verify --save-checkpoint' wrote.");
    }

    public void Add(ReadOnlySpan<byte> entry)
    {
        if (kept is not null && _tree.Size < kept.Size)
        {
            _tree.Append(entry);
        }
    }

    /// <summary>What does not hold, one sentence each.</summary>
    public IEnumerable<string> Compare(string origin)
    {
        if (kept is null)
        {
            yield break;
        }

        if (origin != kept.Origin)
        {
            yield return $"This is the log {origin}; the kept checkpoint is of {kept.Origin}.";
        }

        if (_tree.Size < kept.Size)
        {
            yield return $"The kept checkpoint covers {kept.Size} entries, the log has {_tree.Size}: entries are gone.";
        }
        else if (!_tree.Root().AsSpan().SequenceEqual(kept.Root.Span))
        {
            yield return $"The first {kept.Size} entries are not those of the kept checkpoint: the log was rewritten.";
        }
    }
}
