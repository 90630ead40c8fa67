using System.Runtime.CompilerServices;

namespace SessionSigner.Ethereum;

public readonly partial record struct UInt256
{
    /// <summary>Adds.</summary>
    /// <returns>False, and a zero sum, if the sum does not fit 256 bits.</returns>
    public static bool TryAdd(UInt256 a, UInt256 b, out UInt256 sum)
    {
        ulong carry = 0;
        var w0 = AddWords(a._w0, b._w0, ref carry);
        var w1 = AddWords(a._w1, b._w1, ref carry);
        var w2 = AddWords(a._w2, b._w2, ref carry);
        var w3 = AddWords(a._w3, b._w3, ref carry);
        sum = carry == 0 ? new UInt256(w0, w1, w2, w3) : default;
        return carry == 0;
    }

    /// <summary>Subtracts.</summary>
    /// <returns>False, and a zero difference, if <paramref name="b"/> is greater than <paramref name="a"/>.</returns>
    public static bool TrySubtract(UInt256 a, UInt256 b, out UInt256 difference)
    {
        if (b > a)
        {
            difference = default;
            return false;
        }
        difference = SubtractWrapping(a, b);
        return true;
    }

    /// <summary>Multiplies.</summary>
    /// <returns>False, and a zero product, if the product does not fit 256 bits.</returns>
    public static bool TryMultiply(UInt256 a, UInt256 b, out UInt256 product)
    {
        Span<ulong> left = [a._w0, a._w1, a._w2, a._w3];
        Span<ulong> right = [b._w0, b._w1, b._w2, b._w3];
        Span<ulong> result = stackalloc ulong[8];
        result.Clear();
        for (var i = 0; i < 4; i++)
        {
            ulong carry = 0;
            for (var j = 0; j < 4; j++)
            {
                // (2^64-1)^2 + 2(2^64-1) = 2^128 - 1: the sum of product, carry and previous word always fits.
                var sum = new UInt128(0, left[i]) * right[j] + result[i + j] + carry;
                result[i + j] = unchecked((ulong)sum);
                carry = (ulong)(sum >> 64);
            }
            result[i + 4] = carry;
        }
        var fits = (result[4] | result[5] | result[6] | result[7]) == 0;
        product = fits ? new UInt256(result[0], result[1], result[2], result[3]) : default;
        return fits;
    }

    /// <summary>2^256 - value, that is the two's complement; 0 for 0.</summary>
    internal static UInt256 NegateWrapping(UInt256 value) => SubtractWrapping(Zero, value);

    /// <summary>2^256 - 1 - value: every bit flipped.</summary>
    internal static UInt256 NotWrapping(UInt256 value) => new(~value._w0, ~value._w1, ~value._w2, ~value._w3);

    /// <summary>Bit <paramref name="index"/>, 0 being the least significant.</summary>
    internal bool Bit(int index)
    {
        var word = (index >> 6) switch
        {
            0 => _w0,
            1 => _w1,
            2 => _w2,
            _ => _w3,
        };
        return ((word >> (index & 63)) & 1) != 0;
    }

    private static UInt256 SubtractWrapping(UInt256 a, UInt256 b)
    {
        ulong borrow = 0;
        var w0 = SubtractWords(a._w0, b._w0, ref borrow);
        var w1 = SubtractWords(a._w1, b._w1, ref borrow);
        var w2 = SubtractWords(a._w2, b._w2, ref borrow);
        var w3 = SubtractWords(a._w3, b._w3, ref borrow);
        return new UInt256(w0, w1, w2, w3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddWords(ulong a, ulong b, ref ulong carry)
    {
        unchecked
        {
            var sum = a + b;
            var carried = sum + carry;
            carry = (sum < a ? 1UL : 0) | (carried < sum ? 1UL : 0);
            return carried;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SubtractWords(ulong a, ulong b, ref ulong borrow)
    {
        unchecked
        {
            var difference = a - b;
            var borrowed = difference - borrow;
            borrow = (a < b ? 1UL : 0) | (difference < borrow ? 1UL : 0);
            return borrowed;
        }
    }
}
