using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What a function that moves value, or lets somebody else move it, does. Places are positions from the list of arguments.</summary>
/// <param name="Danger">What it does, for people.</param>
/// <param name="Party">The one who receives or may take; null if there is none to name.</param>
/// <param name="Amount">How much; null if it takes everything.</param>
internal sealed record ValueMove(string Danger, int[]? Party, int[]? Amount)
{
    /// <summary>Every element of an array.</summary>
    public const int All = ArgumentPath.All;

    public const string Later = "lets the spender take the amount later";
    public const string Everything = "lets the spender take everything later";
    public const string Amounts = "moves the amount";

    /// <summary>What is moved; null if it is the contract's own token.</summary>
    public int[]? TokenAt { get; init; }

    /// <summary>Whether it is allowed at all: true or false.</summary>
    public int[]? Flag { get; init; }

    /// <summary>Which token of a collection.</summary>
    public int[]? Identifier { get; init; }

    /// <summary>When what it allows ends, Unix time.</summary>
    public int[]? Expiry { get; init; }
}
