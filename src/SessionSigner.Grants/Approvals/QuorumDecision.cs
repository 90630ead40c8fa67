namespace SessionSigner.Grants;

/// <summary>A signature that counts.</summary>
/// <param name="Approver">Who signed.</param>
/// <param name="Index">Its place among the signatures given.</param>
public sealed record CountedSignature(Approver Approver, int Index);

/// <summary>A signature that does not count.</summary>
/// <param name="Index">Its place among the signatures given.</param>
/// <param name="Approver">Name of the approver whose key it names; empty if there is none or it could not be read.</param>
/// <param name="Fault">Why, naming the field.</param>
public sealed record RefusedSignature(int Index, string Approver, string Fault);

/// <summary>Whether a roster's quorum has signed a statement. The zero value refuses.</summary>
public readonly struct QuorumDecision
{
    private readonly IReadOnlyList<string>? _faults;
    private readonly IReadOnlyList<CountedSignature>? _signed;
    private readonly IReadOnlyList<string>? _missing;
    private readonly IReadOnlyList<RefusedSignature>? _refused;
    private readonly int _threshold;

    internal QuorumDecision(
        int threshold,
        IReadOnlyList<string> faults,
        IReadOnlyList<CountedSignature> signed,
        IReadOnlyList<string> missing,
        IReadOnlyList<RefusedSignature> refused
    )
    {
        _threshold = threshold;
        _faults = faults;
        _signed = signed;
        _missing = missing;
        _refused = refused;
    }

    /// <summary>True only if nothing is wrong with the statement and as many approvers as it takes have signed it.</summary>
    public bool IsReached => _threshold > 0 && Faults.Count == 0 && Signed.Count >= _threshold;

    /// <summary>How many approvers it takes; 0 for the zero value, which nobody reaches.</summary>
    public int Threshold => _threshold;

    /// <summary>What is wrong with the statement whoever signs it: another roster, expired, valid for too long.</summary>
    public IReadOnlyList<string> Faults => _faults ?? [];

    /// <summary>Who has signed, each once, in the order of the roster.</summary>
    public IReadOnlyList<CountedSignature> Signed => _signed ?? [];

    /// <summary>Names of those who have not, in the order of the roster.</summary>
    public IReadOnlyList<string> Missing => _missing ?? [];

    /// <summary>Signatures that do not count, and why. They do not keep others from counting.</summary>
    public IReadOnlyList<RefusedSignature> Refused => _refused ?? [];
}
