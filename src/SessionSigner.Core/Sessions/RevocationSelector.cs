namespace SessionSigner.Core;

/// <summary>Which sessions an operator revokes. A closed hierarchy.</summary>
public abstract record RevocationSelector
{
    private RevocationSelector() { }

    /// <summary>How the audit log names it, for example "policy=treasury".</summary>
    public abstract string Text { get; }

    internal abstract string Field { get; }

    internal abstract string Value { get; }

    internal abstract bool Matches(SessionRecord session);

    /// <summary>One session.</summary>
    /// <param name="SessionId">32 lower-case hexadecimal digits.</param>
    public sealed record BySession(string SessionId) : RevocationSelector
    {
        /// <inheritdoc/>
        public override string Text => "session_id=" + SessionId;
        internal override string Field => "session_id";
        internal override string Value => SessionId;

        internal override bool Matches(SessionRecord session) => session.SessionId == SessionId;
    }

    /// <summary>All sessions of a principal.</summary>
    /// <param name="Identity">Its identity.</param>
    public sealed record ByPrincipal(string Identity) : RevocationSelector
    {
        /// <inheritdoc/>
        public override string Text => "principal=" + Identity;
        internal override string Field => "principal";
        internal override string Value => Identity;

        internal override bool Matches(SessionRecord session) => session.Principal == Identity;
    }

    /// <summary>All sessions under a policy.</summary>
    /// <param name="Policy">Its name.</param>
    public sealed record ByPolicy(string Policy) : RevocationSelector
    {
        /// <inheritdoc/>
        public override string Text => "policy=" + Policy;
        internal override string Field => "policy";
        internal override string Value => Policy;

        internal override bool Matches(SessionRecord session) => session.Policy == Policy;
    }

    /// <summary>All sessions whose grant a primary key signed.</summary>
    /// <param name="Label">Its label.</param>
    public sealed record ByPrimaryKey(string Label) : RevocationSelector
    {
        /// <inheritdoc/>
        public override string Text => "primary_key=" + Label;
        internal override string Field => "primary_key";
        internal override string Value => Label;

        internal override bool Matches(SessionRecord session) => session.PrimaryKey == Label;
    }

    /// <summary>Every session: the kill switch.</summary>
    public sealed record All : RevocationSelector
    {
        /// <inheritdoc/>
        public override string Text => "all";
        internal override string Field => "all";
        internal override string Value => "true";

        internal override bool Matches(SessionRecord session) => true;
    }
}

/// <summary>A revocation that is durable.</summary>
/// <param name="SessionIds">The sessions it ended, in the order of their identifiers.</param>
/// <param name="AuditIndex">Index of the audit entry that records the order.</param>
public sealed record RevocationResult(IReadOnlyList<string> SessionIds, long AuditIndex);
