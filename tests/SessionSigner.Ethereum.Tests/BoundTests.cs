using System.Diagnostics;
using System.Text;

namespace SessionSigner.Ethereum.Tests;

/// <summary>
/// Inputs of any size and depth are answered within a bound. Work is held to memory allocated for each byte of input, which does not depend on the
/// machine, and to a time that only runaway work exceeds.
/// </summary>
public class BoundTests
{
    private const int Megabyte = 1_000_000;
    private const int AllocatedPerByteMax = 64;
    private const int AllocatedAnywayMax = 100_000;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("f(uint256[] a)")]
    [InlineData("f(uint8[] a)")]
    [InlineData("f(bytes[] a)")]
    [InlineData("f(bytes[][] a)")]
    [InlineData("f(string a)")]
    [InlineData("f((bytes a, (string[] x, bool y)[2] b)[] c)")]
    [InlineData("f(uint256[][][][][][][][][][][][][][][] a)")]
    public void A_megabyte_of_arguments(string signature)
    {
        Assert.True(AbiFunction.TryParse(signature, out var function, out var fault), fault);
        var random = new Random(1);
        byte[][] words = [new byte[32], Word(1), Word(32), Word(64), Word(Megabyte / 64), Word(Megabyte / 32)];
        for (var i = 0; i < 20; i++)
        {
            var data = new byte[Megabyte];
            for (var start = 0; start < data.Length; start += 32)
            {
                // Half of them are all alike, so that one offset or length is repeated to the end.
                words[i < 10 ? i % words.Length : random.Next(words.Length)].CopyTo(data, start);
            }
            Word(32).CopyTo(data, 0);
            Bounded(data.Length, () => AbiDecoder.TryDecode(function!.Inputs, data, out _, out _));
        }
    }

    [Fact]
    public void A_megabyte_that_is_an_array_is_decoded()
    {
        Assert.True(AbiFunction.TryParse("f(uint256[] a)", out var function, out _));
        const int count = Megabyte / 32;
        byte[] data = [.. Word(32), .. Word(count), .. Enumerable.Repeat(Word(7), count).SelectMany(word => word)];
        AbiValue.Tuple? values = null;
        Bounded(data.Length, () => AbiDecoder.TryDecode(function!.Inputs, data, out values, out _));
        Assert.Equal(count, Assert.IsType<AbiValue.Array>(values!.Items[0]).Items.Count);
    }

    [Theory]
    [InlineData("nested tuples")]
    [InlineData("nested arrays")]
    [InlineData("open tuples")]
    public void Types_a_thousand_deep_are_refused(string what)
    {
        var type = what switch
        {
            "nested tuples" => new string('(', 1_000) + "uint8" + new string(')', 1_000),
            "nested arrays" => "uint8" + string.Concat(Enumerable.Repeat("[]", 1_000)),
            _ => new string('(', 1_000),
        };
        Bounded(
            type.Length,
            () =>
            {
                Assert.False(AbiFunction.TryParse($"f({type} a)", out _, out var fault));
                Assert.StartsWith("nested deeper than 16 levels", fault, StringComparison.Ordinal);
                Assert.False(AbiType.TryParse(type, out _));
            }
        );
    }

    [Theory]
    [InlineData("a megabyte")]
    [InlineData("arrays of arrays")]
    public void Types_that_describe_more_than_fits_are_refused(string what) =>
        Bounded(
            Megabyte,
            () =>
                Assert.False(
                    AbiFunction.TryParse(
                        what == "a megabyte" ? $"f({new string('a', Megabyte)} a)" : "f((uint256[4096] x, uint256[4096] y)[4096][] a)",
                        out _,
                        out _
                    )
                )
        );

    [Theory]
    [InlineData(1_000)]
    [InlineData(5_000)]
    public void Lists_in_lists_are_refused(int depth)
    {
        var nested = Rlp.Items();
        for (var i = 0; i < depth; i++)
        {
            nested = Rlp.Items(nested);
        }
        foreach (byte[] serialized in (byte[][])[nested, [1, .. nested], [2, .. nested], [4, .. nested]])
        {
            Bounded(serialized.Length, () => Assert.False(UnsignedTransaction.TryDecode(serialized, out _, out _)));
        }
    }

    [Fact]
    public void Ten_thousand_access_list_entries_are_refused_and_as_many_as_fit_are_read()
    {
        foreach (var (count, fits) in new[] { (10_000, false), (5_500, true) })
        {
            var entries = Enumerable.Repeat(Rlp.Items(Rlp.Text(new byte[20]), Rlp.Items()), count).ToArray();
            byte[][] head = [Rlp.Number(1), Rlp.Number(0), Rlp.Number(1), Rlp.Number(1), Rlp.Text(new byte[20]), Rlp.Number(0), Rlp.Text()];
            byte[] serialized = [1, .. Rlp.Items([.. head, Rlp.Items(entries)])];
            UnsignedTransaction? transaction = null;
            var fault = "";
            Bounded(serialized.Length, () => Assert.Equal(fits, UnsignedTransaction.TryDecode(serialized, out transaction, out fault)));
            Assert.Equal(fits ? "" : "transaction: longer than 131072 bytes", fault);
            Assert.Equal(fits ? count : null, transaction?.AccessListCount);
        }
    }

    [Fact]
    public void A_megabyte_of_transaction_is_refused_unread() =>
        Bounded(0, () => Assert.False(UnsignedTransaction.TryDecode(new byte[Megabyte], out _, out _)), allocatedAnyway: Megabyte + 10_000);

    [Fact]
    public void Typed_data_with_ten_thousand_elements_is_read()
    {
        var json = Message("uint8[]", $"[{string.Join(',', Enumerable.Repeat('7', 10_000))}]");
        TypedData? data = null;
        Bounded(json.Length, () => Assert.True(TypedData.TryParse(json, out data, out var fault), fault));
        Assert.Equal(10_000, Assert.IsType<AbiValue.Array>(Assert.IsType<AbiValue.Tuple>(data!.Message).Items[0]).Items.Count);
    }

    [Theory]
    [InlineData("a megabyte")]
    [InlineData("arrays a thousand deep")]
    [InlineData("objects a thousand deep")]
    [InlineData("a thousand structs")]
    [InlineData("structs that double sixty times")]
    [InlineData("a type a thousand deep")]
    public void Typed_data_without_end_is_refused(string what)
    {
        var json = what switch
        {
            "a megabyte" => Message("string", $"\"{new string('a', Megabyte)}\""),
            "arrays a thousand deep" => Message("uint8[]", new string('[', 1_000) + new string(']', 1_000)),
            "objects a thousand deep" => Message(
                "uint8[]",
                string.Concat(Enumerable.Repeat("{\"a\":", 1_000)) + "1" + new string('}', 1_000)
            ),
            "a thousand structs" => Message("T0", "{}", Structs(1_000, i => $"{{\"name\":\"a\",\"type\":\"T{i + 1}\"}}")),
            "structs that double sixty times" => Message(
                "T0",
                "{}",
                Structs(60, i => $"{{\"name\":\"a\",\"type\":\"T{i + 1}\"}},{{\"name\":\"b\",\"type\":\"T{i + 1}\"}}")
            ),
            _ => Message("uint8" + string.Concat(Enumerable.Repeat("[]", 1_000)), "[]"),
        };
        Bounded(json.Length, () => Assert.False(TypedData.TryParse(json, out _, out _)));
    }

    private static void Bounded(int size, Action work, int allocatedAnyway = AllocatedAnywayMax)
    {
        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, ((long)size * AllocatedPerByteMax) + allocatedAnyway);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeMax);
    }

    private static byte[] Word(int value)
    {
        var word = new byte[32];
        ((UInt256)(ulong)value).WriteBigEndian(word);
        return word;
    }

    private static string Structs(int count, Func<int, string> members) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $",\"T{i}\":[{members(i)}]")) + $",\"T{count}\":[]";

    private static byte[] Message(string type, string value, string structs = "") =>
        Encoding.UTF8.GetBytes(
            $$"""
            {"types":{"M":[{"name":"a","type":"{{type}}"}]{{structs}}},"primaryType":"M","domain":{"name":"n"},"message":{"a":{{value}} } }
            """
        );
}
