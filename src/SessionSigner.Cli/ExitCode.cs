namespace SessionSigner.Cli;

/// <summary>What the process ends with. Documented in the help of the root command; scripts rely on the numbers.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Denied = 3;
    public const int NotVerified = 4;
    public const int Unavailable = 5;
    public const int NotPermitted = 6;
    public const int NotFound = 7;
    public const int Interrupted = 130;

    /// <summary>One line per code, for the help text.</summary>
    public static readonly IReadOnlyList<(int Code, string Meaning)> All =
    [
        (Ok, "done"),
        (Failed, "failed for another reason than those below"),
        (Usage, "wrong arguments, an input that cannot be read, or a request that breaks a rule"),
        (Denied, "the scope or the policy refused"),
        (NotVerified, "a grant, a signature, the audit log or the daemon's certificate does not verify"),
        (Unavailable, "the daemon, or something it needs, does not answer; try again"),
        (NotPermitted, "the certificate has no role that allows this"),
        (NotFound, "no such session, grant, policy or key, or not yours; or the session has ended"),
        (Interrupted, "interrupted"),
    ];
}
