using System.Buffers.Binary;

namespace Interop;

/// <summary>Changes to an encoding that a decoder may overlook.</summary>
internal static class Corruption
{
    private const int WordSize = 32;

    public static byte[] Of(Random random, byte[] encoded)
    {
        if (encoded.Length == 0)
        {
            return [1];
        }
        var bytes = encoded.ToArray();
        var words = bytes.Length / WordSize;
        var at = random.Next(words) * WordSize;
        var small = Enumerable.Range(0, words).Select(i => i * WordSize).Where(start => IsSmall(bytes, start)).ToArray();
        // Words that may be offsets or lengths are changed more often than by chance.
        var place = bytes.AsSpan(small.Length > 0 ? small[random.Next(small.Length)] : at, WordSize);
        switch (random.Next(9))
        {
            case 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = random.Next(2) == 0 ? (byte)1 : (byte)0xff;
                break;
            case 2:
                Move(place, random.Next(2) == 0 ? WordSize : -WordSize);
                break;
            case 3:
                Move(place, random.Next(2) == 0 ? 1 : -1);
                break;
            case 4:
                bytes.AsSpan(random.Next(words) * WordSize, WordSize).CopyTo(place);
                break;
            case 5:
                random.NextBytes(place);
                break;
            case 6:
                return [.. bytes, .. new byte[random.Next(2) == 0 ? 1 : WordSize]];
            case 7:
                return bytes[..random.Next(bytes.Length)];
            default:
                return [.. bytes[..at], .. bytes[at..(at + WordSize)], .. bytes[at..]];
        }
        return bytes;
    }

    private static bool IsSmall(byte[] bytes, int start) => !bytes.AsSpan(start, WordSize - 2).ContainsAnyExcept((byte)0);

    private static void Move(Span<byte> word32, int by)
    {
        var low = word32[(WordSize - sizeof(int))..];
        BinaryPrimitives.WriteInt32BigEndian(low, BinaryPrimitives.ReadInt32BigEndian(low) + by);
    }
}
