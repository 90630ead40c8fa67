namespace SessionSigner.Core;

/// <summary>What a case expects. The zero value is no expectation and never met.</summary>
/// <param name="IsAllowed">Whether it should be allowed; null if not stated.</param>
/// <param name="Reason">Why it should be refused, or <see cref="DenialReason.Unspecified"/> if it should be allowed.</param>
/// <param name="Rule">Path of the rule that should decide, or null if any may.</param>
internal readonly record struct Expectation(bool? IsAllowed, DenialReason Reason, string? Rule);

/// <summary>A session of a case.</summary>
/// <param name="Name">Name in the case.</param>
/// <param name="Principal">Who opens it; null for the policy's only one.</param>
/// <param name="Command">What is asked for.</param>
/// <param name="Expected">What should become of it.</param>
internal sealed record CaseSession(string Name, string? Principal, OpenSessionCommand Command, Expectation Expected);

/// <summary>A request of a case.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Session">Name of the session it is made in.</param>
/// <param name="AfterSeconds">How long after the request before it.</param>
/// <param name="Kind">Kind of payload.</param>
/// <param name="Body">The payload, given what the policy leaves open.</param>
/// <param name="Expected">What should become of it.</param>
internal sealed record CaseRequest(
    string Name,
    string Session,
    long AfterSeconds,
    PayloadKind Kind,
    ReadOnlyMemory<byte> Body,
    Expectation Expected
);

/// <summary>A case: sessions that open at one moment, and requests in order.</summary>
/// <param name="Name">Name, unique in its file.</param>
/// <param name="AtSeconds">When the sessions open, Unix time.</param>
/// <param name="Sessions">The sessions.</param>
/// <param name="Requests">The requests.</param>
internal sealed record PolicyCase(string Name, long AtSeconds, IReadOnlyList<CaseSession> Sessions, IReadOnlyList<CaseRequest> Requests);

/// <summary>What became of one expectation.</summary>
/// <param name="Name">The request, or "open" and the session's name.</param>
/// <param name="Passed">Whether it is what was expected.</param>
/// <param name="Expected">What was expected, for people.</param>
/// <param name="Observed">What was decided, for people.</param>
public sealed record CaseStepResult(string Name, bool Passed, string Expected, string Observed);

/// <summary>What became of a case.</summary>
/// <param name="Name">The case.</param>
/// <param name="Steps">Each expectation, in order; at least one.</param>
public sealed record CaseResult(string Name, IReadOnlyList<CaseStepResult> Steps)
{
    /// <summary>Whether every expectation was met.</summary>
    public bool Passed => Steps.Count > 0 && Steps.All(step => step.Passed);
}
