using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>Matching is total, in at most one way, and looks at a text once.</summary>
public class TemplatePropertyTests
{
    private static readonly string[] s_literals = ["a ", "-", " x", ": ", "\n", "0", "1.", " é ", "b", "\"", "0x"];

    /// <summary>A slow matcher that tries every length of every hole, against the one under test.</summary>
    [Fact]
    public void Every_text_matches_in_at_most_one_way_and_is_read_as_that()
    {
        var random = new Random(191);
        var (templates, matched) = (0, 0);
        while (templates < 1_500)
        {
            var (permission, parts) = RandomTemplate(random);
            var faults = new FaultList();
            if (MessageTemplate.Compile(permission, "p", faults) is not { } template)
            {
                Assert.NotEqual(0, faults.Count);
                continue;
            }
            templates++;
            for (var i = 0; i < 20; i++)
            {
                var text = Fill(parts, random);
                var ways = new List<string>();
                FindWays(parts, 0, text, "", ways);
                var values = template.Match(Encoding.UTF8.GetBytes(text), ScopeBuilder.Now, out var position, out _);
                Assert.InRange(position, 0, Encoding.UTF8.GetByteCount(text));
                Assert.InRange(ways.Count, 0, 1);
                Assert.Equal(ways.Count == 1, values is not null);
                if (values is not null)
                {
                    matched++;
                    Assert.Equal(ways[0], string.Concat(values.Items.Select(value => $"[{value}]")));
                }
            }
        }
        Assert.True(matched > 3_000, $"only {matched} texts matched");
    }

    [Fact]
    public void A_long_text_takes_time_in_proportion()
    {
        var holes = string.Join(
            ',',
            Enumerable.Range(0, 16).Select(i => $$"""{"name":"h{{i}}","type":"text","alphabet":"name","max_length":256}""")
        );
        var template = string.Concat(Enumerable.Range(0, 16).Select(i => $" {{h{i}}}"));
        var permission = (MessagePermission)
            ScopeBuilder.Parse(ScopeBuilder.Document(MessageScopeTests.Message(template, $"[{holes}]"))).Permissions[0];
        var compiled = MessageTemplate.Compile(permission, "p", new FaultList())!;
        var good = string.Concat(Enumerable.Repeat(" " + new string('a', 256), 16));
        Assert.NotNull(compiled.Match(Encoding.UTF8.GetBytes(good), 0, out var read, out _));
        Assert.Equal(good.Length, read);
        // Bad only at the end: a matcher that went back would try every split of the 4,000 bytes before.
        for (var i = 0; i < 2_000; i++)
        {
            Assert.Null(compiled.Match(Encoding.UTF8.GetBytes(good + "!"), 0, out _, out _));
        }
    }

    private static (MessagePermission Permission, List<(string Literal, MessageHole? Hole)> Parts) RandomTemplate(Random random)
    {
        var parts = new List<(string, MessageHole?)>();
        var template = new StringBuilder();
        var holes = random.Next(1, 5);
        for (var i = 0; i < holes; i++)
        {
            var literal = string.Concat(Enumerable.Range(0, random.Next(0, 3)).Select(_ => s_literals[random.Next(s_literals.Length)]));
            var hole = RandomHole("h" + i, random);
            parts.Add((literal, hole));
            template.Append(literal).Append('{').Append(hole.Name).Append('}');
        }
        var end = random.Next(2) == 0 ? "" : s_literals[random.Next(s_literals.Length)];
        parts.Add((end, null));
        var permission = new MessagePermission
        {
            Name = "p",
            Constraints = [],
            Meters = [],
            Template = template.Append(end).ToString(),
            Holes = [.. parts.Where(part => part.Item2 is not null).Select(part => part.Item2!)],
        };
        return (permission, parts);
    }

    private static MessageHole RandomHole(string name, Random random) =>
        random.Next(5) switch
        {
            0 => new MessageHole.Uint(UInt256.Zero, 500) { Name = name },
            1 => new MessageHole.Bytes(1) { Name = name },
            2 => new MessageHole.Choice(["a", "b-", "0x"]) { Name = name },
            3 => new MessageHole.AddressHole { Name = name },
            _ => new MessageHole.Text((TextAlphabet)random.Next(1, 6), random.Next(0, 2), 4) { Name = name },
        };

    // Mostly what the template wants, sometimes a little more or less.
    private static string Fill(List<(string Literal, MessageHole? Hole)> parts, Random random)
    {
        var text = new StringBuilder();
        foreach (var (literal, hole) in parts)
        {
            text.Append(random.Next(30) == 0 ? s_literals[random.Next(s_literals.Length)] : literal);
            text.Append(
                hole switch
                {
                    MessageHole.Uint => random.Next(0, 600).ToString(),
                    MessageHole.Bytes => "0x0" + random.Next(10),
                    MessageHole.Choice choice => choice.Values[random.Next(3)],
                    MessageHole.AddressHole => ScopeBuilder.Alice,
                    MessageHole.Text => string.Concat(Enumerable.Range(0, random.Next(0, 5)).Select(_ => "01af"[random.Next(4)])),
                    _ => "",
                }
            );
        }
        return text.ToString();
    }

    private static void FindWays(List<(string Literal, MessageHole? Hole)> parts, int part, string text, string values, List<string> ways)
    {
        var (literal, hole) = parts[part];
        if (!text.StartsWith(literal, StringComparison.Ordinal))
        {
            return;
        }
        text = text[literal.Length..];
        if (hole is null)
        {
            if (text.Length == 0)
            {
                ways.Add(values);
            }
            return;
        }
        for (var length = 0; length <= text.Length; length++)
        {
            if (IsValue(hole, text[..length]))
            {
                FindWays(parts, part + 1, text[length..], $"{values}[{text[..length]}]", ways);
            }
        }
    }

    private static bool IsValue(MessageHole hole, string text) =>
        hole switch
        {
            MessageHole.Uint => text.Length is > 0 and <= 3
                && text.All(char.IsAsciiDigit)
                && (text == "0" || text[0] != '0')
                && int.Parse(text) <= 500,
            MessageHole.Bytes => text.Length == 4
                && text.StartsWith("0x", StringComparison.Ordinal)
                && text[2..].All(char.IsAsciiHexDigitLower),
            MessageHole.Choice choice => choice.Values.Contains(text),
            MessageHole.AddressHole => text == ScopeBuilder.Alice,
            MessageHole.Text run => text.Length >= run.LengthMin && text.Length <= run.LengthMax && text.All(c => IsOf(run.Alphabet, c)),
            _ => false,
        };

    private static bool IsOf(TextAlphabet alphabet, char c) =>
        alphabet switch
        {
            TextAlphabet.Digits => char.IsAsciiDigit(c),
            TextAlphabet.LowerHex => char.IsAsciiHexDigitLower(c),
            TextAlphabet.Alphanumeric => char.IsAsciiLetterOrDigit(c),
            TextAlphabet.Name => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-',
            TextAlphabet.Printable => c is >= ' ' and <= '~',
            _ => false,
        };
}
