using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// The functions that lint knows, by selector. A contract goes by the selector alone, and a name with the selector of another function is easily found, so what a function
/// is called says nothing until its selector has been looked up.
/// </summary>
internal static class KnownFunctions
{
    private static readonly Dictionary<uint, string> s_signatures = ValueMoves
        .Signatures.Concat(ControlFunctions.Signatures)
        .Concat(ContainerFunctions.Signatures)
        .Distinct(StringComparer.Ordinal)
        .ToDictionary(Selectors.Of);

    /// <summary>The function whose selector this one has under another signature; null if it is what it says, or not known.</summary>
    public static string? FindReal(AbiFunction function) =>
        s_signatures.TryGetValue(function.Selector, out var real) && real != function.CanonicalSignature ? real : null;
}
