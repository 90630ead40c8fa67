using System.Security.Cryptography;
using System.Text;
using SessionSigner.Audit;
using SessionSigner.Core;

namespace SessionSigner.Storage;

/// <summary>
/// Which answer an entry implies: whose, to which request, and what it says. Every entry of these kinds has exactly one. The hash of the request's body is
/// not in the log and so not held to it.
/// </summary>
internal static class AnswerRules
{
    // r and s, of which the log holds a hash, and the recovery id.
    private const int HashedSignatureSize = 64;
    private const int SignatureSize = 65;
    private const byte RecoveryIdMax = 3;

    /// <summary>Whether an answer goes with entries of a kind.</summary>
    public static bool HasAnswer(EntryKind kind) =>
        kind is EntryKind.Signed or EntryKind.SessionOpened or EntryKind.SessionEnded or EntryKind.ReservationReleased;

    /// <summary>The answer's session, or for OpenSession the principal.</summary>
    public static string OwnerOf(Entry entry) => entry.Kind == EntryKind.SessionOpened ? entry.Principal : entry.SessionId;

    /// <summary>The request it answers; the end of a session and a release are found under identifiers that no client can choose.</summary>
    public static string RequestIdOf(Entry entry) =>
        entry.Kind switch
        {
            EntryKind.SessionEnded => SessionEnd.AnswerId,
            EntryKind.ReservationReleased => ReleasedReservation.AnswerIdOf(entry.ReleasedIndex),
            _ => entry.RequestId,
        };

    /// <summary>SHA-256 of what the answer says; of a signature that of r and s.</summary>
    public static void HashAnswer(Entry entry, Span<byte> hash32)
    {
        if (entry.Kind == EntryKind.Signed)
        {
            hash32.Clear();
            entry.SignatureHash.Span.CopyTo(hash32);
            return;
        }
        SHA256.HashData(Encoding.UTF8.GetBytes(entry.Kind == EntryKind.SessionOpened ? entry.SessionId : entry.Detail), hash32);
    }

    /// <summary>The same of an answer as it is stored.</summary>
    /// <returns>False if it has not the form of a signature although it should be one.</returns>
    public static bool TryHashAnswer(bool isSignature, ReadOnlySpan<byte> answer, Span<byte> hash32)
    {
        if (isSignature && (answer.Length != SignatureSize || answer[HashedSignatureSize] > RecoveryIdMax))
        {
            return false;
        }
        SHA256.HashData(isSignature ? answer[..HashedSignatureSize] : answer, hash32);
        return true;
    }

    /// <summary>Whether an answer is the one its entry records.</summary>
    public static bool Matches(Entry entry, string owner, string requestId, ReadOnlySpan<byte> answer)
    {
        Span<byte> recorded = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> stored = stackalloc byte[SHA256.HashSizeInBytes];
        if (
            !HasAnswer(entry.Kind)
            || owner != OwnerOf(entry)
            || requestId != RequestIdOf(entry)
            || !TryHashAnswer(entry.Kind == EntryKind.Signed, answer, stored)
        )
        {
            return false;
        }
        HashAnswer(entry, recorded);
        return recorded.SequenceEqual(stored);
    }
}
