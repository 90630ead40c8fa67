using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage;

/// <summary>
/// The size and root of the log that was acknowledged last, in the lock file beside the journal: what the journal must not have less than when it is opened.
/// Written without a sync after the commit, which had one: a killed process leaves it in the page cache, and a power cut leaves at worst an older one.
/// Two slots are written in turn, so that one that was cut off leaves the other. Writer thread only.
/// </summary>
internal sealed class AcknowledgedHeads(SafeFileHandle file)
{
    /// <summary>Length of a file with both slots; each is in a disk sector of its own.</summary>
    public const int FileSize = SecondSlot + SlotSize;

    private const int FirstSlot = 512;
    private const int SecondSlot = 1024;
    private const int SlotSize = 64;

    // Magic (4), zeros (4), size (8), root (32), then the first half of the SHA-256 of these.
    private const int SizeOffset = 8;
    private const int RootOffset = 16;
    private const int ChecksumOffset = RootOffset + Hash32.Size;
    private const int ChecksumSize = SlotSize - ChecksumOffset;

    private readonly byte[] _slot = new byte[SlotSize];
    private int _next = FirstSlot;

    private static ReadOnlySpan<byte> Magic => "SSA1"u8;

    /// <summary>The newest that is whole, or null if none was ever written.</summary>
    /// <exception cref="JournalOpenException">Something is written there, and none of it is whole.</exception>
    public TreeHead? Read(string path)
    {
        var isFirst = TryRead(FirstSlot, out var first, out var isFirstEmpty);
        var isSecond = TryRead(SecondSlot, out var second, out var isSecondEmpty);
        if (!isFirst && !isSecond)
        {
            return isFirstEmpty && isSecondEmpty
                ? null
                : throw new JournalOpenException(
                    $"{path} does not say how many entries were acknowledged: it is damaged. {JournalOpening.HowToAccept(path)}"
                );
        }
        var isSecondNewer = isSecond && (!isFirst || second.Size > first.Size);
        _next = isSecondNewer ? FirstSlot : SecondSlot;
        return isSecondNewer ? second : first;
    }

    /// <summary>Records a head that is durable. One write of 64 bytes to a place that is allocated.</summary>
    /// <exception cref="IOException">The write failed.</exception>
    public void Write(TreeHead head)
    {
        var slot = _slot.AsSpan();
        Magic.CopyTo(slot);
        BinaryPrimitives.WriteInt64BigEndian(slot[SizeOffset..], head.Size);
        head.Root.CopyTo(slot[RootOffset..]);
        HashSlot(slot, slot[ChecksumOffset..]);
        RandomAccess.Write(file, _slot, _next);
        _next = _next == FirstSlot ? SecondSlot : FirstSlot;
    }

    private bool TryRead(int offset, out TreeHead head, out bool isEmpty)
    {
        Span<byte> slot = stackalloc byte[SlotSize];
        Span<byte> checksum = stackalloc byte[ChecksumSize];
        slot.Clear();
        _ = RandomAccess.Read(file, slot, offset);
        HashSlot(slot, checksum);
        isEmpty = !slot.ContainsAnyExcept((byte)0);
        var isWhole = slot.StartsWith(Magic) && slot[ChecksumOffset..].SequenceEqual(checksum);
        head = isWhole
            ? new TreeHead(BinaryPrimitives.ReadInt64BigEndian(slot[SizeOffset..]), new Hash32(slot[RootOffset..ChecksumOffset]))
            : default;
        return isWhole;
    }

    private static void HashSlot(ReadOnlySpan<byte> slot, Span<byte> checksum)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(slot[..ChecksumOffset], hash);
        hash[..ChecksumSize].CopyTo(checksum);
    }
}
