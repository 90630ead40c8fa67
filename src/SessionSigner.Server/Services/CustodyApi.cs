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
    PolicyStore policies,
    DaemonOptions options,
    TimeProvider clock
) : CustodyService.CustodyServiceBase
{
    private const int SessionsMax = 1_000;

    // Half of the largest answer: scopes can be long, and a report that cannot be sent helps no auditor.
    private const int SessionsBytesMax = DaemonApplication.ResponseSizeMax / 2;

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
                Policies = { policies.Active.Select(PolicyMapper.ToMessage) },
                OpenSessions = { OpenSessions(caller) },
                OpenSessionCount = checked((uint)vault.State.InUse),
                Vault = MessageMapper.ToMessage(vault.State),
                AuditSize = checked((ulong)head.Size),
                AuditRoot = ByteString.CopyFrom(head.Root.ToArray()),
                AuditOrigin = options.Journal.Origin,
                DaemonVersion = Daemon.Version,
                Identities = { Identities() },
                RosterDigest = policies.Roster?.Digest.ToString() ?? "",
            }
        );
    }

    private IEnumerable<IdentityRoles> Identities() =>
        options
            .Identities.OrderBy(identity => identity.Key, StringComparer.Ordinal)
            .Select(identity => new IdentityRoles
            {
                Uri = identity.Key,
                Roles =
                {
                    Enum.GetValues<Roles>()
                        .Where(role => role != Roles.None && identity.Value.HasFlag(role))
                        .Select(role => role.ToString().ToLowerInvariant()),
                },
            });

    private IEnumerable<Session> OpenSessions(Caller caller)
    {
        var token = "";
        var (count, bytes) = (0, 0);
        do
        {
            var page = sessions.ListSessions(caller.Principal, caller.MayReadAll, includeEnded: false, pageSize: 0, token);
            foreach (var session in page.Sessions.Select(SessionMapper.ToMessage))
            {
                bytes += session.CalculateSize();
                if (++count > SessionsMax || bytes > SessionsBytesMax)
                {
                    yield break;
                }
                yield return session;
            }
            token = page.NextPageToken;
        } while (token.Length > 0);
    }

    private IEnumerable<V1.PrimaryKey> PrimaryKeys()
    {
        var grants = journal.CountGrants();
        return authority.PrimaryKeys.Select(key =>
            MessageMapper.ToMessage(key, grants.GetValueOrDefault(key.Label), authority.IsAvailable(key))
        );
    }
}
