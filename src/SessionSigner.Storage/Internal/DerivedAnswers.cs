using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using SessionSigner.Audit;

namespace SessionSigner.Storage;

/// <summary>
/// The answers that the log implies, one for each entry that has one, and whether the table holds exactly those. Keeps eight bytes for each entry, so that
/// the table is read once in its own order and nothing is sorted.
/// </summary>
internal sealed class DerivedAnswers
{
    private const int KeySize = 16;
    private const ulong IsExpected = 1;
    private const ulong IsSignature = 2;
    private const ulong Flags = IsExpected | IsSignature;

    // By index: a fingerprint of owner, request and answer; 0 for an entry without one, and once it was found.
    private readonly List<ulong> _expected = [];

    // Owner and request are chosen by clients; with a key of its own nobody can prepare two that have one fingerprint.
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(KeySize);
    private byte[] _preimage = new byte[512];
    private long _count;

    /// <summary>Takes the next entry of the log.</summary>
    public void Add(Entry entry)
    {
        if (!AnswerRules.HasAnswer(entry.Kind))
        {
            _expected.Add(0);
            return;
        }
        Span<byte> answer = stackalloc byte[SHA256.HashSizeInBytes];
        AnswerRules.HashAnswer(entry, answer);
        var flags = entry.Kind == EntryKind.Signed ? IsExpected | IsSignature : IsExpected;
        _expected.Add(Fingerprint(AnswerRules.OwnerOf(entry), AnswerRules.RequestIdOf(entry), answer) | flags);
        _count++;
    }

    /// <summary>Compares the table and the count in the head.</summary>
    /// <returns>How many answers there are.</returns>
    /// <exception cref="JournalOpenException">They differ; the message says where.</exception>
    public long Verify(SqliteConnection connection)
    {
        var statement = connection.Prepare("SELECT session_id, request_id, answer, audit_index FROM answer");
        using var reader = statement.Read();
        var found = 0L;
        while (reader.Read())
        {
            var (owner, requestId) = (reader.GetString(0), reader.GetString(1));
            if (!TryTake(owner, requestId, reader.GetFieldValue<byte[]>(2), reader.GetInt64(3)))
            {
                throw new JournalOpenException(
                    $"The stored answer to request \"{requestId}\" of {owner} is not one that the log implies, or not at its entry."
                );
            }
            found++;
        }
        var counted = connection.ReadLong("SELECT answers FROM head");
        return found == _count && counted == _count
            ? found
            : throw new JournalOpenException($"The log implies {_count} answers, {found} are stored, {counted} were counted.");
    }

    private bool TryTake(string owner, string requestId, byte[] stored, long index)
    {
        Span<byte> answer = stackalloc byte[SHA256.HashSizeInBytes];
        if (index >= _expected.Count || _expected[(int)index] is var expected && expected == 0)
        {
            return false;
        }
        var flags = expected & Flags;
        if (
            !AnswerRules.TryHashAnswer((flags & IsSignature) != 0, stored, answer)
            || (Fingerprint(owner, requestId, answer) | flags) != expected
        )
        {
            return false;
        }
        _expected[(int)index] = 0;
        return true;
    }

    // No text of an entry has a line feed, and the answer's hash is of one length: the parts cannot be shifted against each other.
    private ulong Fingerprint(string owner, string requestId, ReadOnlySpan<byte> answer32)
    {
        var sizeMax = KeySize + Encoding.UTF8.GetMaxByteCount(owner.Length + requestId.Length + 2) + answer32.Length;
        if (_preimage.Length < sizeMax)
        {
            _preimage = new byte[sizeMax];
        }
        _key.CopyTo(_preimage, 0);
        var size = KeySize;
        size += Encoding.UTF8.GetBytes(owner, _preimage.AsSpan(size));
        _preimage[size++] = (byte)'\n';
        size += Encoding.UTF8.GetBytes(requestId, _preimage.AsSpan(size));
        _preimage[size++] = (byte)'\n';
        answer32.CopyTo(_preimage.AsSpan(size));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_preimage.AsSpan(0, size + answer32.Length), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) & ~Flags;
    }
}
