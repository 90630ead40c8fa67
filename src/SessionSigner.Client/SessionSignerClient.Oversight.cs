using SessionSigner.V1;

namespace SessionSigner.Client;

public sealed partial class SessionSignerClient
{
    /// <summary>Shows a grant that the daemon issued. Not verified: pass it to <see cref="Grants.GrantVerifier"/> before relying on it.</summary>
    public Task<GetGrantResponse> GetGrantAsync(string grantId, CancellationToken cancellationToken = default)
    {
        var request = new GetGrantRequest { GrantId = grantId };
        return _caller.CallAsync(o => _grants.GetGrantAsync(request, o), cancellationToken);
    }

    /// <summary>Asks the daemon whether it issued a grant and whether its session is open, beside what can be verified offline.</summary>
    public Task<VerifyGrantResponse> VerifyGrantAsync(string grantJson, string audience, CancellationToken cancellationToken = default)
    {
        var request = new VerifyGrantRequest { GrantJson = grantJson, Audience = audience };
        return _caller.CallAsync(o => _grants.VerifyGrantAsync(request, o), cancellationToken);
    }

    /// <summary>Lists the primary keys with what their token says of them.</summary>
    public async Task<IReadOnlyList<PrimaryKey>> ListPrimaryKeysAsync(CancellationToken cancellationToken = default) =>
        (await _caller.CallAsync(o => _custody.ListPrimaryKeysAsync(new ListPrimaryKeysRequest(), o), cancellationToken)).PrimaryKeys;

    /// <summary>One report of keys, policies, open sessions and the protection of session keys.</summary>
    public Task<GetCustodyReportResponse> GetCustodyReportAsync(CancellationToken cancellationToken = default) =>
        _caller.CallAsync(o => _custody.GetCustodyReportAsync(new GetCustodyReportRequest(), o), cancellationToken);

    /// <summary>Size and root of the audit log now.</summary>
    public async Task<Checkpoint> GetCheckpointAsync(CancellationToken cancellationToken = default) =>
        (await _caller.CallAsync(o => _audit.GetCheckpointAsync(new GetCheckpointRequest(), o), cancellationToken)).Checkpoint;

    /// <summary>One page of audit entries in order of their index.</summary>
    /// <param name="startIndex">Index of the first entry.</param>
    /// <param name="pageSize">Most entries, 1 to 1,000; 0 means 100.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<ListEntriesResponse> ListEntriesAsync(ulong startIndex, uint pageSize, CancellationToken cancellationToken = default)
    {
        var request = new ListEntriesRequest { StartIndex = startIndex, PageSize = pageSize };
        return _caller.CallAsync(o => _audit.ListEntriesAsync(request, o), cancellationToken);
    }

    /// <summary>Audit entries from an index to the end of the log as it was when the first page was read.</summary>
    /// <exception cref="SignerVerificationException">The daemon left out, repeated or reordered an entry.</exception>
    public async IAsyncEnumerable<LogEntry> ReadEntriesAsync(
        ulong startIndex,
        ulong endIndex,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        const uint PageSize = 1_000;
        while (startIndex < endIndex)
        {
            var page = await ListEntriesAsync(startIndex, (uint)Math.Min(PageSize, endIndex - startIndex), cancellationToken);
            if (page.Entries.Count == 0)
            {
                throw new SignerVerificationException(
                    "audit log",
                    [$"The daemon stopped at entry {startIndex}, before its checkpoint's size {endIndex}."]
                );
            }

            foreach (var entry in page.Entries)
            {
                RequireIndex(entry, startIndex);
                startIndex++;
                yield return entry;
            }
        }
    }

    /// <summary>Audit entries from an index on, then every new one, until cancelled. Not retried.</summary>
    public async IAsyncEnumerable<LogEntry> TailEntriesAsync(
        ulong startIndex,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var request = new TailEntriesRequest { StartIndex = startIndex };
        await foreach (var message in _caller.StreamAsync(o => _audit.TailEntries(request, o), cancellationToken))
        {
            foreach (var entry in message.Entries)
            {
                RequireIndex(entry, startIndex);
                startIndex++;
                yield return entry;
            }
        }
    }

    /// <summary>Wipes the keys of every session that the request selects and ends the sessions.</summary>
    public Task<RevokeSessionsResponse> RevokeSessionsAsync(RevokeSessionsRequest request, CancellationToken cancellationToken = default) =>
        _caller.CallAsync(o => _admin.RevokeSessionsAsync(request, o), cancellationToken);

    private static void RequireIndex(LogEntry entry, ulong expected)
    {
        if (entry.Index != expected)
        {
            throw new SignerVerificationException("audit log", [$"The daemon sent entry {entry.Index} where entry {expected} belongs."]);
        }
    }

    /// <summary>Gives back what a signed request took, as a settler whom the session's policy names. Repeating it is safe and gives the same answer.</summary>
    /// <param name="sessionId">The session, open or ended.</param>
    /// <param name="requestId">The request that was signed.</param>
    /// <param name="outcome">Void only if it can no longer execute: cancelled on its venue, expired, or its nonce used.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<ReleaseReservationResponse> ReleaseReservationAsync(
        string sessionId,
        string requestId,
        ReleaseOutcome outcome,
        CancellationToken cancellationToken = default
    )
    {
        var request = new ReleaseReservationRequest
        {
            SessionId = sessionId,
            RequestId = requestId,
            Outcome = outcome,
        };
        return _caller.CallAsync(o => _orders.ReleaseReservationAsync(request, o), cancellationToken);
    }
}
