using Grpc.Core;
using SessionSigner.V1;

namespace SessionSigner.Client;

/// <summary>A call did not do what it was asked to. Derived types say whose fault it is. The message may hold text from the daemon: escape it before showing it.</summary>
public class SessionSignerException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>gRPC status of the answer; <see cref="StatusCode.OK"/> if the fault was found on this side.</summary>
    public StatusCode Status { get; init; }

    /// <summary>Reason from the daemon's closed list, in capitals such as SESSION_NOT_FOUND; empty if it gave none.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Field of the request at fault, or empty.</summary>
    public string Field { get; init; } = "";
}

/// <summary>The scope or the policy refused. Nothing was signed; retrying the same request helps only after <see cref="RetryAfter"/>.</summary>
public sealed class SignerDeniedException(string message, Denial denial, Exception? inner = null) : SessionSignerException(message, inner)
{
    /// <summary>The refusal as the daemon sent it.</summary>
    public Denial Denial { get; } = denial;

    /// <summary>Why, from a closed list; unspecified is a refusal too.</summary>
    public DenialReason DenialReason => Denial.Reason;

    /// <summary>Path of the rule in the effective scope, for example "ceiling.budgets[usdc]".</summary>
    public string Rule => Denial.Rule;

    /// <summary>What the request had.</summary>
    public string Observed => Denial.Observed;

    /// <summary>What the rule allows.</summary>
    public string Limit => Denial.Limit;

    /// <summary>What is left of the budget or rate, a decimal number; empty where that has no meaning.</summary>
    public string Headroom => Denial.Headroom;

    /// <summary>How long to wait before the same request may be allowed; null if waiting does not help.</summary>
    public TimeSpan? RetryAfter => Denial.RetryAfterMs is > 0 and <= int.MaxValue ? TimeSpan.FromMilliseconds(Denial.RetryAfterMs) : null;

    /// <summary>Everything that is not met, in the order of evaluation; empty if the daemon gave none.</summary>
    public IReadOnlyList<TraceStep> Steps => Denial.Trace?.Steps ?? [];

    /// <summary>Index of the audit entry that records the refusal; null for a dry run.</summary>
    public ulong? AuditIndex => Denial.HasAuditIndex ? Denial.AuditIndex : null;
}

/// <summary>The request breaks a rule, or its identifier was used with another body.</summary>
public sealed class SignerRequestException(string message, Exception? inner = null) : SessionSignerException(message, inner);

/// <summary>The caller has no role that allows the call, or its certificate carries no identity the daemon knows.</summary>
public sealed class SignerPermissionException(string message, Exception? inner = null) : SessionSignerException(message, inner);

/// <summary>No such session, policy, primary key or grant, or not the caller's.</summary>
public sealed class SignerNotFoundException(string message, Exception? inner = null) : SessionSignerException(message, inner);

/// <summary>The session has ended; open another.</summary>
public sealed class SignerSessionEndedException(string message, Exception? inner = null) : SessionSignerException(message, inner);

/// <summary>
/// The daemon cannot be reached, is overloaded or shutting down, or something it needs does not answer. If the call signs or opens, it may have
/// happened all the same: repeat it with the same request identifier.
/// </summary>
public sealed class SignerUnavailableException(string message, Exception? inner = null) : SessionSignerException(message, inner);

/// <summary>The peer's certificate does not chain to the pinned authorities or does not name the host.</summary>
public sealed class SignerTrustException(string message, Exception? inner = null) : SessionSignerException(message, inner);

/// <summary>What the daemon answered does not verify. Do not use it, and tell whoever runs the daemon.</summary>
public sealed class SignerVerificationException(string subject, IReadOnlyList<string> faults)
    : SessionSignerException($"The {subject} does not verify: {string.Join(" ", faults)}")
{
    /// <summary>What does not hold, one sentence each; at least one.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}

/// <summary>An option, a certificate file or a key file cannot be used; nothing was sent.</summary>
public sealed class SignerConfigurationException(string message, Exception? inner = null) : SessionSignerException(message, inner);
