namespace SessionSigner.Storage;

/// <summary>
/// Which entries of the log were released, so that none is released twice whatever the table of answers says. One bit for each entry up to the last
/// released one. Not thread safe.
/// </summary>
internal sealed class ReleasedEntries
{
    private readonly List<ulong> _bits = [];

    public bool Contains(long index) => index / 64 < _bits.Count && (_bits[(int)(index / 64)] & Bit(index)) != 0;

    public void Add(long index)
    {
        while (_bits.Count <= index / 64)
        {
            _bits.Add(0);
        }
        _bits[(int)(index / 64)] |= Bit(index);
    }

    private static ulong Bit(long index) => 1UL << (int)(index % 64);
}
