using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// The sessions of this daemon: opens them, shows them, ends them. Every live session key is reached by closing, revocation, expiry and
/// shutdown; each wipes first and journals then. Thread safe.
/// </summary>
public sealed class SessionRegistry : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly IJournal _journal;
    private readonly SessionTable _table;
    private readonly SessionEnder _ender;
    private readonly SharedMeters _shared;
    private readonly SessionOpener _opener;
    private readonly SessionReader _reader;
    private readonly ITimer _expiry;
    private readonly ActivePolicies _policies;
    private readonly SemaphoreSlim _releases = new(1, 1);

    /// <param name="vault">Where session keys live.</param>
    /// <param name="authority">The way to the primary keys.</param>
    /// <param name="journal">The journal, opened and verified.</param>
    /// <param name="policies">The policies in force.</param>
    /// <param name="time">Wall clock, monotonic clock and timers.</param>
    /// <param name="options">Limits.</param>
    public SessionRegistry(
        IVault vault,
        IGrantAuthority authority,
        IJournal journal,
        ActivePolicies policies,
        TimeProvider time,
        SessionOptions options
    )
    {
        _time = time;
        _policies = policies;
        _shared = new SharedMeters(journal, time);
        _journal = journal;
        _table = new SessionTable(options);
        Allowance = new EntryAllowance(time, options);
        _ender = new SessionEnder(journal, _table, time, options);
        _opener = new SessionOpener(vault, authority, journal, policies, _table, _ender, Allowance, _shared, time, options);
        _reader = new SessionReader(journal, _table, time, options);
        _expiry = time.CreateTimer(
            static ender => ((SessionEnder)ender!).EndExpired(),
            _ender,
            options.ExpiryInterval,
            options.ExpiryInterval
        );
    }

    internal EntryAllowance Allowance { get; }

    internal bool IsShuttingDown => _table.IsClosed;

    internal long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Ends in the log, as lost, every session that a daemon which stopped without shutting down left open: its key died with it.
    /// Call once at start, before anything is opened.
    /// </summary>
    /// <returns>How many there were.</returns>
    public Task<int> RecoverAsync() => _ender.RecoverAsync();

    /// <summary>Opens a session: makes a session key, has the primary key sign a grant for it, and makes both durable before it answers.</summary>
    /// <param name="caller">Will own the session.</param>
    /// <param name="command">What it asks for. The same request identifier and body is answered with the same session.</param>
    /// <param name="cancellationToken">Until the opening is queued to the journal, cancelling wipes the key and leaves nothing behind.</param>
    /// <exception cref="SignerException">
    /// <see cref="ErrorCode.InvalidRequest"/> naming the field; <see cref="ErrorCode.NotFound"/>, the same whether there is no such policy or it does not name
    /// the caller; <see cref="ErrorCode.Denied"/> with <see cref="DenialReason.PolicyRefused"/> or <see cref="DenialReason.PolicyNotActive"/>; <see cref="ErrorCode.RequestIdReused"/>; <see cref="ErrorCode.Overloaded"/>;
    /// <see cref="ErrorCode.VaultFull"/>; <see cref="ErrorCode.Cancelled"/>; <see cref="ErrorCode.TokenUnavailable"/>;
    /// <see cref="ErrorCode.TokenMisbehaved"/>; <see cref="ErrorCode.JournalFailed"/>; <see cref="ErrorCode.ShuttingDown"/>;
    /// <see cref="ErrorCode.SessionEnded"/>: it was revoked while it was being opened.
    /// </exception>
    public Task<OpenedSession> OpenAsync(Principal caller, OpenSessionCommand command, CancellationToken cancellationToken) =>
        _opener.OpenAsync(caller, command, cancellationToken);

    /// <summary>Shows a session with its headroom.</summary>
    /// <param name="caller">Its owner, unless <paramref name="mayReadAll"/>.</param>
    /// <param name="mayReadAll">Whether the caller's role reads every session.</param>
    /// <param name="sessionId">32 lower-case hexadecimal digits.</param>
    /// <exception cref="SignerException"><see cref="ErrorCode.SessionNotFound"/>, the same whether there is none or it is another's.</exception>
    public SessionView Get(Principal caller, bool mayReadAll, string sessionId) => _reader.Get(caller, mayReadAll, sessionId);

    /// <summary>Lists sessions, newest first: the caller's, or everybody's.</summary>
    /// <param name="caller">Whose sessions, unless <paramref name="mayReadAll"/>.</param>
    /// <param name="mayReadAll">Whether the caller's role reads every session.</param>
    /// <param name="includeEnded">Also those that have ended.</param>
    /// <param name="pageSize">1 to 500; 0 means 100.</param>
    /// <param name="pageToken">Token of an earlier page, or empty.</param>
    /// <exception cref="SignerException"><see cref="ErrorCode.InvalidRequest"/>.</exception>
    public SessionPage ListSessions(Principal caller, bool mayReadAll, bool includeEnded, int pageSize, string pageToken) =>
        _reader.List(caller, mayReadAll, includeEnded, pageSize, pageToken);

    /// <summary>Finds the session of a grant; its record holds the grant as JSON.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.NotFound"/>, the same whether there is none or it is another's.</exception>
    public SessionRecord FindGrant(Principal caller, bool mayReadAll, Hash32 grantId) => _reader.FindGrant(caller, mayReadAll, grantId);

    /// <summary>The session at once, after its end, and at least once every <see cref="SessionOptions.WatchInterval"/>; ends after the session has.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.SessionNotFound"/>, at the first element.</exception>
    public IAsyncEnumerable<SessionView> WatchAsync(
        Principal caller,
        bool mayReadAll,
        string sessionId,
        CancellationToken cancellationToken
    ) => _reader.WatchAsync(caller, mayReadAll, sessionId, cancellationToken);

    /// <summary>Wipes the session key and ends the session. Closing an ended session is not an error.</summary>
    /// <param name="caller">Must own the session.</param>
    /// <param name="sessionId">32 lower-case hexadecimal digits.</param>
    /// <param name="cancellationToken">Stops waiting; the session ends all the same.</param>
    /// <returns>When the end is durable.</returns>
    /// <exception cref="SignerException"><see cref="ErrorCode.SessionNotFound"/>, <see cref="ErrorCode.JournalFailed"/>, <see cref="ErrorCode.Cancelled"/>.</exception>
    public async Task<ClosedSession> CloseAsync(Principal caller, string sessionId, CancellationToken cancellationToken)
    {
        var (live, record) = _reader.Find(caller, mayReadAll: false, sessionId);
        if (live is null)
        {
            return new ClosedSession(SessionViews.Create(record), _journal.FindAnswer(sessionId, SessionEnd.AnswerId)?.AuditIndex ?? -1);
        }
        try
        {
            var index = await _ender.End(live, SessionEndReason.Closed, caller.Identity).WaitAsync(cancellationToken);
            return new ClosedSession(live.ToView(), index);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw Failures.CancelledLate();
        }
    }

    /// <summary>Wipes the session keys of every session that matches, those being opened included, and ends the sessions.</summary>
    /// <param name="caller">The operator; its role has been checked.</param>
    /// <param name="selector">Which sessions.</param>
    /// <param name="reason">Why, for the log: 1 to 256 printable ASCII characters.</param>
    /// <returns>When the order and every end are durable.</returns>
    /// <exception cref="SignerException">
    /// <see cref="ErrorCode.InvalidRequest"/>; <see cref="ErrorCode.SessionNotFound"/> if one session is named and there is none;
    /// <see cref="ErrorCode.JournalFailed"/>: the keys are wiped, the log does not say so yet.
    /// </exception>
    public Task<RevocationResult> RevokeAsync(Principal caller, RevocationSelector selector, string reason)
    {
        RequestFields.CheckText("reason", reason, 1, 256);
        RequestFields.CheckText(selector.Field, selector.Value, 1, 256);
        if (selector is RevocationSelector.BySession one)
        {
            _ = _reader.Find(caller, mayReadAll: true, one.SessionId);
        }
        return _ender.RevokeAsync(caller, selector, reason);
    }

    /// <summary>Lets no session open any more, wipes every session key at once, then journals the ends.</summary>
    /// <param name="cancellationToken">Stops waiting for the journal; the keys are wiped all the same.</param>
    /// <exception cref="SignerException"><see cref="ErrorCode.JournalFailed"/>: the keys are wiped, the log does not say so.</exception>
    public Task ShutdownAsync(CancellationToken cancellationToken) => _ender.ShutdownAsync(cancellationToken);

    /// <summary>Stops the expiry timer. Keys are wiped by <see cref="ShutdownAsync"/>.</summary>
    public ValueTask DisposeAsync()
    {
        _releases.Dispose();
        return _expiry.DisposeAsync();
    }

    internal (LiveSession? Live, SessionRecord Record) Find(Principal caller, string sessionId) =>
        _reader.Find(caller, mayReadAll: false, sessionId);

    /// <summary>
    /// Ends every session under a policy of which no version is in force any more: wipes the keys, journals the order, then the ends. When it returns,
    /// whatever they signed is durable, and another version may take up their totals.
    /// </summary>
    internal async Task<RevocationResult> EndPolicyAsync(Principal caller, string policy, Entry order)
    {
        var result = await _ender.RevokeAsync(caller, new RevocationSelector.ByPolicy(policy), order);
        // A release that is not durable yet is not in what would be read again.
        await _releases.WaitAsync();
        try
        {
            _shared.Forget(policy);
        }
        finally
        {
            _releases.Release();
        }
        return result;
    }

    /// <summary>Runs one release at a time, from its look at the session until it is durable, and none while totals are taken up anew.</summary>
    internal async Task<T> ReleaseAsync<T>(Func<Task<T>> release, CancellationToken cancellationToken)
    {
        await _releases.WaitAsync(cancellationToken);
        try
        {
            return await release();
        }
        finally
        {
            _releases.Release();
        }
    }

    /// <summary>Finds a session in which the caller may release; to anybody else, its owner above all, there is none.</summary>
    internal (LiveSession? Live, SessionRecord Record) FindForRelease(Principal caller, string sessionId)
    {
        var (live, record) = _reader.Find(caller, mayReadAll: true, sessionId);
        return
            record.Principal != caller.Identity
            && _policies.Current.TryGet(record.Policy, out var policy)
            && policy.Releasers.Contains(caller.Identity, StringComparer.Ordinal)
            ? (live, record)
            : throw Failures.SessionNotFound();
    }

    /// <summary>
    /// The meters of an ended session's policy: those it shared are as they are, in the version in force, whichever it was opened under; its own are empty. May read the
    /// journal.
    /// </summary>
    internal SessionMeters MetersOfEnded(SessionRecord record) =>
        _policies.Current.TryGet(record.Policy, out var policy)
            ? SessionMeters.Create(policy.CompiledCeiling, null, 1, record with { PolicyDigest = policy.Digest }, _shared)
            : throw Failures.SessionNotFound();

    internal MeterTime ReadMeterTime() => MeterTime.Read(_time);

    internal void EndExpired(LiveSession session) => _ = _ender.End(session, SessionEndReason.Expired, "");
}
