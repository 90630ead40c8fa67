using System.Globalization;

namespace SessionSigner.Grants;

/// <summary>
/// Says whether a roster's quorum has signed a statement. Pure: whether the statement describes what is in force, and whether it was carried out before, is the
/// caller's to know. Rules: proto/spec/policy.md.
/// </summary>
public static class Quorum
{
    /// <summary>Most signatures looked at.</summary>
    public const int SignatureCountMax = 2 * ApproverRoster.CountMax;

    /// <summary>Checks the signatures.</summary>
    /// <param name="statement">What should have been signed, made from the caller's own state.</param>
    /// <param name="roster">The roster in force.</param>
    /// <param name="armoredSignatures">What approvers have sent; good and bad ones in any order, at most 64.</param>
    /// <param name="nowSeconds">The current Unix time.</param>
    public static QuorumDecision Check(
        ApprovalStatement statement,
        ApproverRoster roster,
        IReadOnlyList<string> armoredSignatures,
        long nowSeconds
    )
    {
        var faults = CheckStatement(statement, roster, nowSeconds);
        if (armoredSignatures.Count > SignatureCountMax)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"signatures: Must be at most {SignatureCountMax}."));
        }
        var counted = new CountedSignature?[roster.Approvers.Count];
        var refused = new List<RefusedSignature>();
        for (var i = 0; i < Math.Min(armoredSignatures.Count, SignatureCountMax); i++)
        {
            if (Count(statement, roster, armoredSignatures[i], i, counted) is { } refusal)
            {
                refused.Add(refusal);
            }
        }
        return new QuorumDecision(
            roster.Threshold,
            faults,
            [.. counted.OfType<CountedSignature>()],
            [.. roster.Approvers.Where((_, i) => counted[i] is null).Select(approver => approver.Name)],
            refused
        );
    }

    private static List<string> CheckStatement(ApprovalStatement statement, ApproverRoster roster, long nowSeconds)
    {
        var faults = new List<string>();
        if (statement.Roster != roster.Digest)
        {
            faults.Add("roster: Must be the digest of the roster in force.");
        }
        if (nowSeconds >= statement.Expires)
        {
            faults.Add(
                string.Create(CultureInfo.InvariantCulture, $"expires: The approval ended at {statement.Expires}; it is {nowSeconds}.")
            );
        }
        else if (statement.Expires - nowSeconds > ApprovalStatement.ValiditySecondsMax)
        {
            faults.Add("expires: Must be at most 31 days ahead.");
        }
        return faults;
    }

    private static RefusedSignature? Count(
        ApprovalStatement statement,
        ApproverRoster roster,
        string armored,
        int index,
        CountedSignature?[] counted
    )
    {
        if (!OpenSshSignature.TryParse(armored, out var signature, out var fault))
        {
            return new RefusedSignature(index, "", fault);
        }
        for (var i = 0; i < roster.Approvers.Count; i++)
        {
            var approver = roster.Approvers[i];
            // All of the encoded key: one point under another type or application is another way to sign.
            if (!approver.Key.Blob.Span.SequenceEqual(signature.Key.Blob.Span))
            {
                continue;
            }
            var verification = signature.Verify(statement.Utf8.Span, ApprovalStatement.SignatureNamespace, approver.UserVerification);
            if (!verification.IsValid)
            {
                return new RefusedSignature(index, approver.Name, verification.Fault);
            }
            if (counted[i] is { } earlier)
            {
                return new RefusedSignature(
                    index,
                    approver.Name,
                    string.Create(CultureInfo.InvariantCulture, $"publickey: Counted once already, with signature {earlier.Index}.")
                );
            }
            counted[i] = new CountedSignature(approver, index);
            return null;
        }
        return new RefusedSignature(index, "", $"publickey: {signature.Key.Fingerprint} is not in the roster.");
    }
}
