namespace SessionSigner.Server;

/// <summary>How the process ends. 1 and 2 as of every command line, the others from sysexits(3), so that a service manager can tell what to restart after.</summary>
internal static class ExitCodes
{
    /// <summary>All is well.</summary>
    public const int Ok = 0;

    /// <summary>A command ran and found something wrong.</summary>
    public const int Found = 1;

    /// <summary>Arguments that are not understood.</summary>
    public const int Usage = 2;

    /// <summary>The token is not available, or holds not what the configuration says.</summary>
    public const int Token = 69;

    /// <summary>A defect of the daemon.</summary>
    public const int Defect = 70;

    /// <summary>The machine does not give the protected memory.</summary>
    public const int Memory = 71;

    /// <summary>The journal cannot be opened or written.</summary>
    public const int Journal = 74;

    /// <summary>The environment would load foreign code into the process.</summary>
    public const int Environment = 77;

    /// <summary>The configuration has faults.</summary>
    public const int Configuration = 78;
}

/// <summary>A start that failed for a reason that is told to the operator.</summary>
internal sealed class StartException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How the process ends.</summary>
    public int ExitCode { get; } = exitCode;
}
