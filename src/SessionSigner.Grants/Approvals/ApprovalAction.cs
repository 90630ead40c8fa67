namespace SessionSigner.Grants;

/// <summary>What approvers approve. The zero value is nothing and refused.</summary>
public enum ApprovalAction
{
    /// <summary>Not stated.</summary>
    Unspecified = 0,

    /// <summary>A version of a policy comes into force, in place of the one that is.</summary>
    Activate = 1,

    /// <summary>Another roster of approvers takes the place of the one that is in force.</summary>
    Roster = 2,
}
