using System.Globalization;
using System.Runtime.CompilerServices;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Shows sessions to those who may see them; to anybody else a session does not exist. Thread safe.</summary>
internal sealed class SessionReader(IJournal journal, SessionTable table, TimeProvider time, SessionOptions options)
{
    private const int PageSizeDefault = 100;
    private const int PageSizeMax = 500;

    // Scopes can be long: a page has no further session once those it has come to this many characters.
    private const int PageScopesMax = 1024 * 1024;

    // How many are read at once, so that what a page does not take is hardly read.
    private const int ChunkSize = 32;

    /// <summary>Finds a session of the caller's.</summary>
    /// <returns>The live session, or null if its key is gone; and its record.</returns>
    /// <exception cref="SignerException"><see cref="ErrorCode.SessionNotFound"/>, the same whether there is none or it is another's.</exception>
    public (LiveSession? Live, SessionRecord Record) Find(Principal caller, bool mayReadAll, string sessionId)
    {
        RequestFields.CheckSessionId(sessionId);
        var live = table.Find(sessionId);
        var record = live?.Record ?? journal.FindSession(sessionId);
        if (record is null || (!mayReadAll && record.Principal != caller.Identity))
        {
            throw Failures.SessionNotFound();
        }
        return (live, record);
    }

    public SessionView Get(Principal caller, bool mayReadAll, string sessionId)
    {
        var (live, record) = Find(caller, mayReadAll, sessionId);
        return live?.ToView() ?? SessionViews.Create(record);
    }

    public SessionPage List(Principal caller, bool mayReadAll, bool includeEnded, int pageSize, string pageToken)
    {
        if (pageSize is < 0 or > PageSizeMax)
        {
            throw Failures.Invalid("page_size", "Must be 1 to 500, or 0 for 100.");
        }
        var size = pageSize == 0 ? PageSizeDefault : pageSize;
        var before = ParsePageToken(pageToken);
        var views = new List<SessionView>();
        var (count, scopes) = (0, 0);
        while (true)
        {
            // One more than the page takes says whether there is another page.
            var wanted = Math.Min(ChunkSize, size - count + 1);
            var found = journal.ListSessions(mayReadAll ? null : caller.Identity, includeEnded, before, wanted);
            foreach (var (sequence, session) in found)
            {
                if (count == size || scopes >= PageScopesMax)
                {
                    return new SessionPage(views, string.Create(CultureInfo.InvariantCulture, $"{before}"));
                }
                var view = table.Find(session.SessionId)?.ToView() ?? SessionViews.Create(session);
                if (includeEnded || view.State == SessionState.Open)
                {
                    views.Add(view);
                }
                (count, scopes, before) = (count + 1, scopes + view.ScopeJson.Length, sequence);
            }
            if (found.Count < wanted)
            {
                return new SessionPage(views, "");
            }
        }
    }

    public SessionRecord FindGrant(Principal caller, bool mayReadAll, Hash32 grantId)
    {
        var record = journal.FindSessionByGrant(grantId);
        return record is not null && (mayReadAll || record.Principal == caller.Identity)
            ? record
            : throw new SignerException(ErrorCode.NotFound, "There is no such grant.", "grant_id");
    }

    /// <summary>The session now, when it ends, and at least once every interval; ends after the session has.</summary>
    public async IAsyncEnumerable<SessionView> WatchAsync(
        Principal caller,
        bool mayReadAll,
        string sessionId,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var (live, record) = Find(caller, mayReadAll, sessionId);
        if (live is null)
        {
            yield return SessionViews.Create(record);
            yield break;
        }
        while (true)
        {
            var ended = live.EndDurable.IsCompleted;
            yield return live.ToView();
            if (ended)
            {
                yield break;
            }
            await ((Task)live.EndDurable.WaitAsync(options.WatchInterval, time, cancellationToken)).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing
            );
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static long? ParsePageToken(string token)
    {
        if (token.Length == 0)
        {
            return null;
        }
        return long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : throw Failures.Invalid("page_token", "Must be the next_page_token of an earlier answer.");
    }
}
