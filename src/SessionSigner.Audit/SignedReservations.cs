using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SessionSigner.Audit;

/// <summary>
/// What signatures took and was not yet given back, so that a release can be held against the entry it names. Keeps eight bytes for each entry of
/// the log. Not thread safe.
/// </summary>
public sealed class SignedReservations
{
    // By index: a fingerprint of the session and its debits; 0 for what is no signature or has been released.
    private readonly List<ulong> _open = [];

    /// <summary>Takes the next entry of the log.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="entry">The entry.</param>
    /// <returns>What is wrong, or null: constant text.</returns>
    public string? Add(long index, Entry entry)
    {
        while (_open.Count < index)
        {
            _open.Add(0);
        }
        if (entry.Kind == EntryKind.Signed)
        {
            _open.Add(Fingerprint(entry));
        }
        if (entry.Kind != EntryKind.ReservationReleased)
        {
            return null;
        }
        var signed = entry.ReleasedIndex;
        if (signed >= _open.Count || _open[(int)signed] == 0)
        {
            return "The release names no signature before it, or one that has been released.";
        }
        if (_open[(int)signed] != Fingerprint(entry))
        {
            return "The release is of another session, or of other amounts, than the signature it names.";
        }
        _open[(int)signed] = 0;
        return null;
    }

    private static ulong Fingerprint(Entry entry)
    {
        var text = new StringBuilder(entry.SessionId).Append('\n').Append(entry.RequestId);
        foreach (var debit in entry.Debits)
        {
            text.Append('\n').AppendJoin('\t', debit.Budget, debit.Amount, debit.Per, debit.Window, debit.Bucket);
        }
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))) | 1;
    }
}
