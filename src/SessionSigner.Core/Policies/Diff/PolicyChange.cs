namespace SessionSigner.Core;

/// <summary>What a change does to what may be signed. The zero value claims nothing.</summary>
public enum ChangeEffect
{
    /// <summary>It cannot be told from the change alone; read it as widening.</summary>
    Unclear = 0,

    /// <summary>Something may be signed that might not be before.</summary>
    Widens = 1,

    /// <summary>Nothing may be signed that might not be before.</summary>
    Narrows = 2,

    /// <summary>No decision changes.</summary>
    None = 3,
}

/// <summary>One difference between two versions of a policy.</summary>
/// <param name="Path">Where; elements with a name by their name.</param>
/// <param name="Effect">What it does.</param>
/// <param name="Old">Canonical JSON of what was there; empty if nothing was.</param>
/// <param name="New">Canonical JSON of what is there; empty if nothing is.</param>
/// <param name="Note">Why, where it does not speak for itself; may be empty.</param>
public sealed record PolicyChange(string Path, ChangeEffect Effect, string Old, string New, string Note);
