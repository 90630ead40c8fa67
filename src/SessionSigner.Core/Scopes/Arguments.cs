using System.Globalization;
using System.Text;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// The arguments of one call, or the fields of one message, as rules see them: words of calldata where every argument is at a known place, and then
/// nothing here allocates unless it refuses; decoded values otherwise.
/// </summary>
internal readonly ref struct Arguments
{
    private readonly ReadOnlySpan<byte> _words;
    private readonly AbiValue.Tuple? _values;
    private readonly List<AbiValue> _found;

    private Arguments(ReadOnlySpan<byte> words, AbiValue.Tuple? values, List<AbiValue> found)
    {
        _words = words;
        _values = values;
        _found = found;
    }

    /// <summary>Arguments whose paths have offsets.</summary>
    public static Arguments OfWords(ReadOnlySpan<byte> words) => new(words, null, null!);

    /// <summary>Decoded values.</summary>
    public static Arguments OfValues(AbiValue.Tuple values) => new([], values, []);

    /// <summary>Holds a comparison against what its path names.</summary>
    public Outcome Check(CompiledComparison comparison) => _values is null ? CheckWords(comparison) : CheckValues(comparison, _values);

    /// <summary>Whether a comparison holds, as far as words alone say so: the usual case, without an outcome to carry about. False leaves it to <see cref="Check"/>.</summary>
    public bool Holds(CompiledComparison comparison)
    {
        if (_values is not null || comparison.IsAny)
        {
            return false;
        }
        var offsets = comparison.Path.Offsets!;
        foreach (var offset in offsets)
        {
            if (!comparison.IsMet(Read(offset)))
            {
                return false;
            }
        }
        return offsets.Length > 0;
    }

    /// <summary>Adds what a meter's path names to its budget.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="path">Its path.</param>
    /// <param name="debits">Receives the amounts.</param>
    /// <param name="fault">What stopped it, if it was not a sum that is too large.</param>
    public bool TryCount(CompiledMeter meter, ArgumentPath path, DebitBuffer debits, out string? fault)
    {
        fault = null;
        if (_values is null)
        {
            foreach (var offset in path.Offsets!)
            {
                if (!debits.TryAdd(meter.Budget, Read(offset)))
                {
                    return false;
                }
            }
            return true;
        }
        if (ArgumentWalk.Find(_values, path, _found) == Found.Missing)
        {
            fault = "no such element";
            return false;
        }
        foreach (var value in _found)
        {
            if (value is not AbiValue.Uint amount || !debits.TryAdd(meter.Budget, amount.Value))
            {
                return false;
            }
        }
        return true;
    }

    private Outcome CheckWords(CompiledComparison comparison)
    {
        var offsets = comparison.Path.Offsets!;
        foreach (var offset in offsets)
        {
            var word = Read(offset);
            if (comparison.IsMet(word) == comparison.IsAny)
            {
                return comparison.IsAny ? Outcome.Met : new Outcome(Criterion.Constraint, Word: word, Unmet: comparison);
            }
        }
        return Conclude(comparison, offsets.Length, isEmpty: offsets.Length == 0);
    }

    private Outcome CheckValues(CompiledComparison comparison, AbiValue.Tuple values)
    {
        var found = ArgumentWalk.Find(values, comparison.Path, _found);
        if (found == Found.Missing)
        {
            return new Outcome(Criterion.Constraint, Text: "no such element", Unmet: comparison);
        }
        foreach (var value in _found)
        {
            var outcome = CheckValue(comparison, value);
            if (outcome.IsMet == comparison.IsAny)
            {
                return outcome;
            }
        }
        return Conclude(comparison, _found.Count, found == Found.Empty);
    }

    // Every value met a comparison for all, or none met one for any. "All of nothing" is not met: a cap on each order says nothing of a call without orders.
    private static Outcome Conclude(CompiledComparison comparison, int count, bool isEmpty) =>
        !comparison.IsAny && !isEmpty
            ? Outcome.Met
            : new Outcome(
                Criterion.Constraint,
                Text: isEmpty && (!comparison.IsAny || count == 0)
                    ? "an array without elements"
                    : string.Create(CultureInfo.InvariantCulture, $"none of {count} elements"),
                Unmet: comparison
            );

    private static Outcome CheckValue(CompiledComparison comparison, AbiValue value)
    {
        if (comparison.OfLength)
        {
            return LengthOf(value) is { } length && comparison.IsMet(length)
                ? Outcome.Met
                : new Outcome(Criterion.Constraint, Word: LengthOf(value) ?? UInt256.MaxValue, Unmet: comparison);
        }
        if (ArgumentWord.TryRead(value, comparison.Type, out var word))
        {
            return comparison.IsMet(word) ? Outcome.Met : new Outcome(Criterion.Constraint, Word: word, Unmet: comparison);
        }
        var (bytes, text) = value switch
        {
            AbiValue.Bytes data => (data.Value, data.ToString()),
            AbiValue.Text data => (Encoding.UTF8.GetBytes(data.Value), Grants.FaultList.Quote(data.Value)),
            _ => (default, "a value of another type"),
        };
        return value is AbiValue.Bytes or AbiValue.Text && comparison.IsMet(bytes.Span)
            ? Outcome.Met
            : new Outcome(Criterion.Constraint, Text: text, Unmet: comparison);
    }

    private static UInt256? LengthOf(AbiValue value) =>
        value switch
        {
            AbiValue.Array array => (ulong)array.Items.Count,
            AbiValue.Bytes bytes => (ulong)bytes.Value.Length,
            AbiValue.Text text => (ulong)Encoding.UTF8.GetByteCount(text.Value),
            _ => null,
        };

    private UInt256 Read(int offset) => UInt256.FromBigEndian(_words.Slice(offset, AbiType.WordSize));
}
