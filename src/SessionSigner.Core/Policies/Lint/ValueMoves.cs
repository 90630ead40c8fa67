using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>The functions that are known to move value, by selector: that is what a contract goes by.</summary>
internal static class ValueMoves
{
    private static readonly Dictionary<string, ValueMove> s_bySignature = new[] { TokenMoves.All, VaultMoves.All, Permit2Moves.All }
        .SelectMany(table => table)
        .ToDictionary(StringComparer.Ordinal);

    private static readonly Dictionary<uint, ValueMove> s_moves = s_bySignature.ToDictionary(
        pair => Selectors.Of(pair.Key),
        pair => pair.Value
    );

    /// <summary>Their standard signatures.</summary>
    public static IEnumerable<string> Signatures => s_bySignature.Keys;

    /// <summary>What a function moves; null if it is not known to move anything. Of one under another signature the places do not hold.</summary>
    public static ValueMove? Find(AbiFunction function) => s_moves.GetValueOrDefault(function.Selector);
}
