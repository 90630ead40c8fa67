using System.Collections.Concurrent;

namespace SessionSigner.Core;

/// <summary>
/// The live sessions by identifier. A session is in it from before its grant is asked for until its end is durable, so that a revocation
/// or a shutdown reaches every key there is. Thread safe.
/// </summary>
internal sealed class SessionTable(SessionOptions options)
{
    private readonly ConcurrentDictionary<string, LiveSession> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _adding = new();
    private bool _closed;

    /// <summary>Whether the daemon is shutting down.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_adding)
            {
                return _closed;
            }
        }
    }

    /// <summary>Every session in the table.</summary>
    public IEnumerable<LiveSession> All => _sessions.Values;

    /// <summary>Adds a session that is being opened.</summary>
    /// <param name="session">The session.</param>
    /// <param name="policyMax">Most sessions the policy lets the principal hold, or null.</param>
    /// <returns>The policy's refusal, or null if it was added.</returns>
    /// <exception cref="SignerException"><see cref="ErrorCode.Overloaded"/> at the daemon's own limits; <see cref="ErrorCode.ShuttingDown"/>.</exception>
    public Denial? TryAdd(LiveSession session, int? policyMax)
    {
        lock (_adding)
        {
            if (_closed)
            {
                throw Failures.ShuttingDown();
            }
            var (all, principal, policy) = Count(session.Record);
            if (FindPolicyDenial(policy, policyMax) is { } denial)
            {
                return denial;
            }
            if (all >= options.MaxOpenSessions || principal >= options.MaxOpenSessionsPerPrincipal)
            {
                throw new SignerException(ErrorCode.Overloaded, "Too many sessions are open; close some first.");
            }
            _sessions[session.Record.SessionId] = session;
            return null;
        }
    }

    /// <summary>The policy's refusal of one more session of a principal, or null.</summary>
    /// <param name="open">How many it holds open under the policy.</param>
    /// <param name="policyMax">Most it may hold, or null.</param>
    public static Denial? FindPolicyDenial(int open, int? policyMax) =>
        policyMax is { } max && open >= max
            ? new Denial(DenialReason.PolicyRefused, "policy.max_open_sessions_per_principal", $"{open + 1}", $"{max}") { Headroom = "0" }
            : null;

    /// <summary>Finds a session that is in the log, open or with its end under way.</summary>
    public LiveSession? Find(string sessionId) => _sessions.TryGetValue(sessionId, out var session) && session.IsInLog ? session : null;

    /// <summary>Forgets a session whose key is wiped.</summary>
    public void Remove(LiveSession session) => _sessions.TryRemove(session.Record.SessionId, out _);

    /// <summary>Lets no session be added any more.</summary>
    public void Close()
    {
        lock (_adding)
        {
            _closed = true;
        }
    }

    private (int All, int Principal, int Policy) Count(SessionRecord like)
    {
        var (all, principal, policy) = (0, 0, 0);
        foreach (var session in _sessions.Values)
        {
            if (!session.HoldsKey)
            {
                continue;
            }
            all++;
            if (session.Record.Principal != like.Principal)
            {
                continue;
            }
            principal++;
            policy += session.Record.Policy == like.Policy ? 1 : 0;
        }
        return (all, principal, policy);
    }
}
