using System.Buffers.Binary;

namespace SessionSigner.Storage;

/// <summary>Splits the entries of one batch: each behind its length in two bytes, big-endian.</summary>
internal static class EntryBundle
{
    /// <summary>Takes the next entry off the front; false if the bytes do not hold a whole one.</summary>
    public static bool TryTake(ref ReadOnlyMemory<byte> bundle, out ReadOnlyMemory<byte> entry)
    {
        entry = default;
        if (bundle.Length < sizeof(ushort))
        {
            return false;
        }
        var size = BinaryPrimitives.ReadUInt16BigEndian(bundle.Span);
        if (bundle.Length - sizeof(ushort) < size)
        {
            return false;
        }
        entry = bundle.Slice(sizeof(ushort), size);
        bundle = bundle[(sizeof(ushort) + size)..];
        return true;
    }
}
