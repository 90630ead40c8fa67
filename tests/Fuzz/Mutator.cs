using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fuzz;

/// <summary>Changes inputs: bytes, pieces of text, and the tree of what is JSON.</summary>
internal sealed class Mutator(Random random)
{
    private const int LengthMax = 140_000;

    private static readonly byte[] s_bytes =
    [
        0,
        1,
        0x0a,
        0x20,
        0x22,
        0x2f,
        0x30,
        0x37,
        0x38,
        0x7f,
        0x80,
        0xb7,
        0xb8,
        0xc0,
        0xf7,
        0xf8,
        0xff,
    ];

    private static readonly byte[][] s_pieces =
    [
        .. new[]
        {
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            ":",
            ",",
            "\"",
            "\\",
            "\\u0000",
            "\\ud800",
            "\\/",
            "\n",
            "\r\n",
            "\t",
            " ",
            "- ",
            "? ",
            ": ",
            "&a ",
            "*a",
            "!!str ",
            "| ",
            ">",
            "---\n",
            "...\n",
            "# ",
            "%YAML 1.2\n",
            "@",
            "`",
            "null",
            "true",
            "~",
            "''",
            "-0",
            "0",
            "1e3",
            "0x",
            "0x0",
            "00",
            ".5",
            "9007199254740992",
            "115792089237316195423570985008687907853269984665640564039457584007913129639935",
            "-1",
            "é",
            "\u200b",
            "\u202e",
            "\u2028",
            "\ufeff",
            "uint256",
            "[]",
            "[1]",
            "tuple",
            "%",
            "+",
            "=",
            "http://",
            "9999-12-31T23:59:59Z",
            "\u0000",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff, 0xff, 0xff, 0xff],
        [0, 0, 0, 0],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
        [0xed, 0xa0, 0x80],
    ];

    private static readonly string[] s_texts =
    [
        "",
        "0",
        "1",
        "-1",
        "00",
        "0x",
        "0x0",
        "a",
        "A",
        "é",
        "\u0000",
        "\n",
        "\u202e",
        " ",
        "\ud83d\ude00",
        "uint256",
        "call",
        "*",
        "null",
        "none",
        "1e18",
        "bytes32[]",
        "0x0000000000000000000000000000000000000000",
        "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
        "115792089237316195423570985008687907853269984665640564039457584007913129639935",
        "115792089237316195423570985008687907853269984665640564039457584007913129639936",
        "57896044618658097711785492504343953926634992332820282019728792003956564819968",
    ];

    private static readonly long[] s_numbers =
    [
        0,
        1,
        -1,
        2,
        32,
        255,
        256,
        65_536,
        int.MaxValue,
        1L << 53,
        (1L << 53) - 1,
        long.MaxValue,
        long.MinValue,
    ];

    /// <summary>A new input, made from one of the pool and pieces of others.</summary>
    public byte[] Mutate(List<byte[]> pool)
    {
        var input = Any(pool);
        for (var rounds = 1 + random.Next(3); rounds > 0; rounds--)
        {
            input = random.Next(2) == 0 && MutateTree(input, pool) is { } changed ? changed : MutateBytes(input, pool);
        }
        return input.Length > LengthMax ? input[..LengthMax] : input;
    }

    private static byte[] Join(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c) => [.. a, .. b, .. c];

    private byte[] MutateBytes(byte[] input, List<byte[]> pool)
    {
        var start = random.Next(input.Length + 1);
        var size = Math.Min(input.Length - start, random.Next(4) == 0 ? random.Next(input.Length + 1) : random.Next(33));
        var before = input.AsSpan(0, start);
        var piece = input.AsSpan(start, size);
        var after = input.AsSpan(start + size);
        switch (random.Next(10))
        {
            case 0:
                return Join(before, [], after);
            case 1:
                return Join(before, s_pieces[random.Next(s_pieces.Length)], input.AsSpan(start));
            case 2:
                return Join(before, s_pieces[random.Next(s_pieces.Length)], after);
            case 3:
                return Join(before, Slice(Any(pool)), after);
            case 4:
                return Join(before, piece, input.AsSpan(start));
            case 5:
                return Join(before, Repeat(piece), after);
            case 6 when random.Next(4) == 0:
                return before.ToArray();
            default:
                return Poke(input, start);
        }
    }

    private byte[] Poke(byte[] input, int at)
    {
        if (at == input.Length)
        {
            return [.. input, (byte)random.Next(256)];
        }
        var changed = (byte[])input.Clone();
        changed[at] = random.Next(4) switch
        {
            0 => (byte)(changed[at] ^ (1 << random.Next(8))),
            1 => s_bytes[random.Next(s_bytes.Length)],
            2 => (byte)((changed[at] + random.Next(3) + 255) % 256),
            _ => (byte)random.Next(256),
        };
        return changed;
    }

    private ReadOnlySpan<byte> Slice(byte[] other)
    {
        var start = random.Next(other.Length + 1);
        return other.AsSpan(start, Math.Min(other.Length - start, random.Next(129)));
    }

    // Mostly a few times, sometimes as often as an input can hold.
    private byte[] Repeat(ReadOnlySpan<byte> piece)
    {
        var times = random.Next(20) == 0 ? LengthMax / Math.Max(1, piece.Length) : random.Next(40);
        var repeated = new byte[Math.Min(LengthMax, piece.Length * times)];
        for (var i = 0; i < repeated.Length; i++)
        {
            repeated[i] = piece[i % piece.Length];
        }
        return repeated;
    }

    private byte[]? MutateTree(byte[] input, List<byte[]> pool)
    {
        if (Parse(input) is not { } root || Nodes(root) is not { Count: > 1 } nodes)
        {
            return null;
        }
        var node = nodes[1 + random.Next(nodes.Count - 1)];
        try
        {
            Change(node, Parse(Any(pool)) is { } other && Nodes(other) is { Count: > 0 } others ? others[random.Next(others.Count)] : null);
            return Encoding.UTF8.GetBytes(root.ToJsonString(new JsonSerializerOptions { WriteIndented = random.Next(4) == 0 }));
        }
        // A member twice, or too deep: nothing that this kind of mutation can write.
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or JsonException)
        {
            return null;
        }
    }

    private void Change(JsonNode node, JsonNode? other)
    {
        switch (random.Next(10))
        {
            case 0:
                Remove(node);
                break;
            case 1 when other is not null:
                node.ReplaceWith(other.DeepClone());
                break;
            case 2:
                node.ReplaceWith(new JsonArray(node.DeepClone()));
                break;
            case 3 when node.Parent is JsonArray list:
                list.Insert(random.Next(list.Count + 1), node.DeepClone());
                break;
            case 4 when node.Parent is JsonObject members:
                members[random.Next(2) == 0 ? s_texts[random.Next(s_texts.Length)] : Name(other) ?? "x"] = node.DeepClone();
                break;
            case 5:
                node.ReplaceWith(s_numbers[random.Next(s_numbers.Length)]);
                break;
            case 7 or 8 when node.Parent is JsonObject members:
                var name = node.GetPropertyName();
                Remove(node);
                members[name] = node;
                break;
            case 6 when node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0:
                var at = random.Next(text.Length);
                node.ReplaceWith(text[..at] + s_texts[random.Next(s_texts.Length)] + text[(at + random.Next(2))..]);
                break;
            default:
                node.ReplaceWith(s_texts[random.Next(s_texts.Length)]);
                break;
        }
    }

    private static void Remove(JsonNode node)
    {
        if (node.Parent is JsonArray list)
        {
            list.Remove(node);
        }
        else
        {
            _ = (node.Parent as JsonObject)?.Remove(node.GetPropertyName());
        }
    }

    private static string? Name(JsonNode? node) => node?.Parent is JsonObject ? node.GetPropertyName() : null;

    private static JsonNode? Parse(byte[] input)
    {
        if (input.Length == 0 || input[0] is not ((byte)'{' or (byte)'['))
        {
            return null;
        }
        try
        {
            return JsonNode.Parse(input);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<JsonNode>? Nodes(JsonNode root)
    {
        var nodes = new List<JsonNode> { root };
        try
        {
            for (var i = 0; i < nodes.Count; i++)
            {
                nodes.AddRange(
                    nodes[i] switch
                    {
                        JsonObject members => members.Select(member => member.Value).OfType<JsonNode>(),
                        JsonArray list => list.OfType<JsonNode>(),
                        _ => [],
                    }
                );
            }
            return nodes;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private byte[] Any(List<byte[]> pool) => pool[random.Next(pool.Count)];
}
