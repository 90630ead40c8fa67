using Google.Protobuf;
using Grpc.Core;
using SessionSigner.Core;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>sessionsigner.v1.CustodyService.</summary>
internal sealed class CustodyApi(
    IGrantAuthority authority,
    IVault vault,
    IJournal journal,
    SessionRegistry sessions,
    DaemonOptions options,
    TimeProvider clock
) : CustodyService.CustodyServiceBase
{
    private const int PageSize = 500;
    private const int PagesMax = 2;

    /// <inheritdoc/>
    public override Task<ListPrimaryKeysResponse> ListPrimaryKeys(ListPrimaryKeysRequest request, ServerCallContext context) =>
        Task.FromResult(new ListPrimaryKeysResponse { PrimaryKeys = { PrimaryKeys() } });

    /// <inheritdoc/>
    public override Task<GetCustodyReportResponse> GetCustodyReport(GetCustodyReportRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var head = journal.Head;
        return Task.FromResult(
            new GetCustodyReportResponse
            {
                MadeAtMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                PrimaryKeys = { PrimaryKeys() },
                Policies = { options.Policies.Select(pin => PolicyMapper.ToMessage(pin.Policy)) },
                OpenSessions = { OpenSessions(caller) },
                OpenSessionCount = checked((uint)vault.State.InUse),
                Vault = MessageMapper.ToMessage(vault.State),
                AuditSize = checked((ulong)head.Size),
                AuditRoot = ByteString.CopyFrom(head.Root.ToArray()),
            }
        );
    }

    private IEnumerable<Session> OpenSessions(Caller caller)
    {
        var token = "";
        for (var i = 0; i < PagesMax; i++)
        {
            var page = sessions.ListSessions(caller.Principal, caller.MayReadAll, includeEnded: false, PageSize, token);
            foreach (var session in page.Sessions)
            {
                yield return SessionMapper.ToMessage(session);
            }
            token = page.NextPageToken;
            if (token.Length == 0)
            {
                yield break;
            }
        }
    }

    private IEnumerable<V1.PrimaryKey> PrimaryKeys()
    {
        var grants = journal.CountGrants();
        return authority.PrimaryKeys.Select(key =>
            MessageMapper.ToMessage(key, grants.GetValueOrDefault(key.Label), authority.IsAvailable(key))
        );
    }
}
