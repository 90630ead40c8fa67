namespace SessionSigner.Core;

/// <summary>What a principal asks when it opens a session, as received; every field is checked by <see cref="SessionRegistry.OpenAsync"/>.</summary>
/// <param name="Policy">Name of the policy.</param>
/// <param name="PrimaryKey">Label of the primary key; empty if the policy names exactly one.</param>
/// <param name="Account">Checksummed address; empty if the policy names exactly one.</param>
/// <param name="Audience">Who is meant to rely on the grant; empty if the policy names exactly one.</param>
/// <param name="LifetimeSeconds">0 means as long as the policy allows.</param>
/// <param name="NarrowingJson">Scope JSON in UTF-8, at most 65,536 bytes; empty narrows nothing.</param>
/// <param name="RequestId">1 to 64 characters of A-Z a-z 0-9 . _ : -</param>
public sealed record OpenSessionCommand(
    string Policy,
    string PrimaryKey,
    string Account,
    string Audience,
    long LifetimeSeconds,
    ReadOnlyMemory<byte> NarrowingJson,
    string RequestId
);

/// <summary>An opened session.</summary>
/// <param name="Session">The session as it is now; if the request is a repeat, it may have ended since.</param>
/// <param name="GrantJson">The signed grant as JSON in UTF-8.</param>
/// <param name="AuditIndex">Index of the audit entry that records the opening.</param>
public sealed record OpenedSession(SessionView Session, ReadOnlyMemory<byte> GrantJson, long AuditIndex);
