using System.Collections.Frozen;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// A comparison with its operands in the form in which values are compared: one-word types as 256-bit words, signed ones with the top bit
/// flipped so that the order of the words is the order of the numbers; byte strings and texts as bytes.
/// </summary>
internal sealed class CompiledComparison : CompiledConstraint
{
    private readonly UInt256[] _words;
    private readonly FrozenSet<UInt256>? _wordSet;
    private readonly byte[][] _strings;

    /// <param name="rule">Rule path.</param>
    /// <param name="source">What it was compiled from.</param>
    /// <param name="path">Its path, resolved.</param>
    /// <param name="type">The type of what is compared.</param>
    /// <param name="words">Operands of a one-word type.</param>
    /// <param name="strings">Operands of any other type.</param>
    public CompiledComparison(string rule, Comparison source, ArgumentPath path, AbiType type, UInt256[] words, byte[][] strings)
    {
        Rule = rule;
        Path = path;
        Type = type;
        Operator = source.Operator;
        IsAny = source.Quantifier == Quantifier.Any;
        OfLength = source.OfLength;
        _words = words;
        _wordSet = Operator is ConstraintOperator.In or ConstraintOperator.NotIn ? words.ToFrozenSet() : null;
        _strings = strings;
        Limit = ConstraintText.Limit(source);
        ElementLooks = ElementBound.LooksOf(path, strings.Length);
    }

    /// <inheritdoc/>
    public override int ElementLooks { get; }

    /// <summary>Rule path.</summary>
    public string Rule { get; }

    public ArgumentPath Path { get; }

    /// <summary>The type of what is compared: of the values at the path, or uint256 for their lengths.</summary>
    public AbiType Type { get; }

    public ConstraintOperator Operator { get; }

    /// <summary>Whether one value that satisfies it is enough.</summary>
    public bool IsAny { get; }

    /// <summary>Whether the length of what is at the path is compared.</summary>
    public bool OfLength { get; }

    /// <summary>What it allows, for people.</summary>
    public string Limit { get; }

    /// <summary>Whether a one-word value satisfies it. Unknown operators are never satisfied.</summary>
    public bool IsMet(UInt256 word)
    {
        var value = Type is AbiType.Int ? FlipSign(word) : word;
        return Operator switch
        {
            ConstraintOperator.Equal => value == _words[0],
            ConstraintOperator.NotEqual => value != _words[0],
            ConstraintOperator.LessThan => value < _words[0],
            ConstraintOperator.LessThanOrEqual => value <= _words[0],
            ConstraintOperator.GreaterThan => value > _words[0],
            ConstraintOperator.GreaterThanOrEqual => value >= _words[0],
            ConstraintOperator.Between => value >= _words[0] && value <= _words[1],
            ConstraintOperator.In => _wordSet!.Contains(value),
            ConstraintOperator.NotIn => !_wordSet!.Contains(value),
            _ => false,
        };
    }

    /// <summary>Whether a byte string, or a text in UTF-8, satisfies it.</summary>
    public bool IsMet(ReadOnlySpan<byte> value) =>
        Operator switch
        {
            ConstraintOperator.Equal or ConstraintOperator.In => ContainsString(value),
            ConstraintOperator.NotEqual or ConstraintOperator.NotIn => !ContainsString(value),
            _ => false,
        };

    /// <summary>Maps two's complement to words in the order of the numbers, and back.</summary>
    public static UInt256 FlipSign(UInt256 word)
    {
        Span<byte> bytes = stackalloc byte[UInt256.Size];
        word.WriteBigEndian(bytes);
        bytes[0] ^= 0x80;
        return UInt256.FromBigEndian(bytes);
    }

    private bool ContainsString(ReadOnlySpan<byte> value)
    {
        foreach (var candidate in _strings)
        {
            if (value.SequenceEqual(candidate))
            {
                return true;
            }
        }
        return false;
    }
}
