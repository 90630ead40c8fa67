using SessionSigner.Audit;

namespace SessionSigner.Cli;

/// <summary>Recomputes a log from its entries and compares it with what was stated.</summary>
internal sealed class LogCheck
{
    private const int FaultsMax = 20;

    private readonly MerkleTree _tree = new();
    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Faults => _faults;

    public ulong Size => (ulong)_tree.Size;

    public byte[] Root => _tree.Root();

    /// <summary>Takes the next entry into the tree and checks that it is one: strictly encoded.</summary>
    public void Add(ReadOnlySpan<byte> entry)
    {
        if (!EntryCodec.TryDecode(entry, out _, out var fault))
        {
            Fault($"Entry {_tree.Size} is not well formed: {fault}");
        }

        _tree.Append(entry);
    }

    public void Compare(LogState stated, string who)
    {
        if (Size != stated.Size)
        {
            Fault($"There are {Size} entries, but {who} states {stated.Size}.");
        }
        else if (!Root.AsSpan().SequenceEqual(stated.Root))
        {
            Fault($"The entries' root is {Names.Hex(Root)}, but {who} states {Names.Hex(stated.Root)}.");
        }
    }

    public void Fault(string fault)
    {
        if (_faults.Count < FaultsMax)
        {
            _faults.Add(fault);
        }
    }
}
