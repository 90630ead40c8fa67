using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Says what in a roster is allowed but usually not meant.</summary>
public static class RosterLint
{
    /// <summary>Checks a roster.</summary>
    /// <returns>One sentence for each finding, naming the path; empty if there is nothing to say.</returns>
    public static IReadOnlyList<string> Check(ApproverRoster roster)
    {
        var warnings = new List<string>();
        if (roster.Threshold == 1)
        {
            warnings.Add("threshold: One approver alone puts a policy in force.");
        }
        if (roster.Threshold == roster.Approvers.Count)
        {
            warnings.Add(
                "threshold: Every approver is needed; once one key is lost, nothing can be approved any more, no other roster either."
            );
        }
        if (roster.TimeLockSeconds == 0)
        {
            warnings.Add("time_lock_seconds: None; nobody has time to notice an approval that was not meant.");
        }
        return warnings;
    }
}
