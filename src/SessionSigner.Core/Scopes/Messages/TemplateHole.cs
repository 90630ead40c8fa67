using System.Buffers;
using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// A hole of a compiled template. What it takes of a text depends on the text and its position alone: a fixed number of bytes, the one value that stands there,
/// or the longest run of its alphabet. Nothing is ever tried in a second way.
/// </summary>
internal abstract class TemplateHole(MessageHole source, AbiType type)
{
    /// <summary>Name and type, as constraints and meters see it.</summary>
    public AbiParameter Parameter { get; } = new(source.Name, type);

    /// <summary>What it takes, for people.</summary>
    public abstract string Expected { get; }

    /// <summary>Reads what stands at the start of a text.</summary>
    /// <param name="text">The text from the hole on.</param>
    /// <param name="now">Unix time.</param>
    /// <param name="length">Bytes taken.</param>
    /// <returns>The value, or null if none stands there.</returns>
    public abstract AbiValue? Read(ReadOnlySpan<byte> text, long now, out int length);

    /// <summary>Whether a value could go on with this byte, so that no literal that begins with it may follow.</summary>
    public virtual bool MayGoOnWith(byte next) => false;

    /// <summary>Whether a value after this byte would be read by a person as more than it is.</summary>
    public virtual bool BlursAfter(byte previous) => false;

    /// <summary>Compiles a hole.</summary>
    public static TemplateHole Compile(MessageHole hole) =>
        hole switch
        {
            MessageHole.Uint number => new Number(number),
            MessageHole.AddressHole => new AddressText(hole),
            MessageHole.Bytes bytes => new Hex(bytes),
            MessageHole.Time time => new Moment(time),
            MessageHole.Choice choice => new OneOf(choice),
            MessageHole.Text text => new Run(text),
            _ => throw new ArgumentException("Unknown kind of hole.", nameof(hole)),
        };

    private static int RunLength(ReadOnlySpan<byte> text, SearchValues<byte> alphabet) =>
        text.IndexOfAnyExcept(alphabet) is var end and >= 0 ? end : text.Length;

    private sealed class Number(MessageHole.Uint source) : TemplateHole(source, new AbiType.Uint(256))
    {
        private const int DigitsMax = 78;
        private static readonly SearchValues<byte> s_digits = SearchValues.Create("0123456789"u8);

        public override string Expected => $"a number from {source.Min} to {source.Max}";

        public override AbiValue? Read(ReadOnlySpan<byte> text, long now, out int length)
        {
            length = RunLength(text, s_digits);
            return
                length is > 0 and <= DigitsMax
                && UInt256.TryParse(Encoding.ASCII.GetString(text[..length]), out var value)
                && value >= source.Min
                && value <= source.Max
                ? new AbiValue.Uint(value)
                : null;
        }

        public override bool MayGoOnWith(byte next) => s_digits.Contains(next);

        public override bool BlursAfter(byte previous) => s_digits.Contains(previous);
    }

    private sealed class AddressText(MessageHole source) : TemplateHole(source, new AbiType.AddressType())
    {
        private const int Length = 42;

        public override string Expected => "an address with its EIP-55 checksum";

        public override AbiValue? Read(ReadOnlySpan<byte> text, long now, out int length)
        {
            length = Length;
            return text.Length >= Length && Address.TryParseChecksummed(Encoding.ASCII.GetString(text[..Length]), out var value)
                ? new AbiValue.AddressValue(value)
                : null;
        }
    }

    private sealed class Hex(MessageHole.Bytes source) : TemplateHole(source, new AbiType.FixedBytes(source.Length))
    {
        public override string Expected => $"0x and {2 * source.Length} lower-case hexadecimal digits";

        public override AbiValue? Read(ReadOnlySpan<byte> text, long now, out int length)
        {
            length = 2 + (2 * source.Length);
            return text.Length >= length && Parsing.Bytes(Encoding.ASCII.GetString(text[..length])) is { } value
                ? new AbiValue.Bytes(value)
                : null;
        }
    }

    private sealed class Moment(MessageHole.Time source) : TemplateHole(source, new AbiType.Uint(64))
    {
        public override string Expected =>
            $"a time such as 2026-01-31T12:00:00Z, at most {source.PastSeconds} s ago and {source.FutureSeconds} s ahead";

        public override AbiValue? Read(ReadOnlySpan<byte> text, long now, out int length)
        {
            length = UtcTime.WholeLength;
            return
                text.Length >= length
                && UtcTime.TryParse(Encoding.ASCII.GetString(text[..length]), out var time)
                && time.Seconds >= now - source.PastSeconds
                && time.Seconds <= now + source.FutureSeconds
                ? new AbiValue.Uint((ulong)time.Seconds)
                : null;
        }
    }

    private sealed class OneOf(MessageHole.Choice source) : TemplateHole(source, new AbiType.Text())
    {
        private readonly byte[][] _values = [.. source.Values.Select(Encoding.ASCII.GetBytes)];

        public override string Expected => "one of " + DenialText.List([.. source.Values]);

        public override AbiValue? Read(ReadOnlySpan<byte> text, long now, out int length)
        {
            // None begins with another, so the first that stands here is the only one.
            for (var i = 0; i < _values.Length; i++)
            {
                if (text.StartsWith(_values[i]))
                {
                    length = _values[i].Length;
                    return new AbiValue.Text(source.Values[i]);
                }
            }
            length = 0;
            return null;
        }
    }

    private sealed class Run(MessageHole.Text source) : TemplateHole(source, new AbiType.Text())
    {
        private const string Lower = "abcdefghijklmnopqrstuvwxyz";
        private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        private const string Digits = "0123456789";
        private readonly SearchValues<byte> _alphabet = SearchValues.Create(
            Encoding.ASCII.GetBytes(
                source.Alphabet switch
                {
                    TextAlphabet.Digits => Digits,
                    TextAlphabet.LowerHex => Digits + "abcdef",
                    TextAlphabet.Alphanumeric => Upper + Lower + Digits,
                    TextAlphabet.Name => Upper + Lower + Digits + "._:-",
                    TextAlphabet.Printable => string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)),
                    _ => "",
                }
            )
        );

        public override string Expected =>
            $"{source.LengthMin} to {source.LengthMax} characters of the alphabet {source.Alphabet.ToString().ToLowerInvariant()}";

        public override AbiValue? Read(ReadOnlySpan<byte> text, long now, out int length)
        {
            length = RunLength(text, _alphabet);
            return length >= source.LengthMin && length <= source.LengthMax
                ? new AbiValue.Text(Encoding.ASCII.GetString(text[..length]))
                : null;
        }

        public override bool MayGoOnWith(byte next) => _alphabet.Contains(next);
    }
}
