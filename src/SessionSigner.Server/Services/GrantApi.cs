using System.Text;
using Grpc.Core;
using SessionSigner.Core;
using SessionSigner.Grants;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>sessionsigner.v1.GrantService.</summary>
internal sealed class GrantApi(SessionRegistry sessions, IJournal journal, IGrantAuthority authority, TimeProvider clock)
    : GrantService.GrantServiceBase
{
    private const int GrantSizeMax = 131_072;

    /// <inheritdoc/>
    public override Task<GetGrantResponse> GetGrant(GetGrantRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var session = sessions.FindGrant(caller.Principal, caller.MayReadAll, RequestParser.GrantId(request.GrantId));
        return Task.FromResult(
            new GetGrantResponse { GrantJson = Encoding.UTF8.GetString(session.GrantJson.Span), SessionId = session.SessionId }
        );
    }

    /// <inheritdoc/>
    public override Task<VerifyGrantResponse> VerifyGrant(VerifyGrantRequest request, ServerCallContext context)
    {
        var json = Encoding.UTF8.GetBytes(request.GrantJson);
        if (json.Length is 0 or > GrantSizeMax)
        {
            throw RequestParser.Invalid("grant_json", $"must be 1 to {GrantSizeMax} bytes");
        }
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var verification = GrantVerifier.Verify(json, request.Audience, now, expectedPrimary: null);
        var faults = new List<string>(verification.Faults);
        var grantId = "";
        if (verification.Grant is { Signed.Grant: var grant })
        {
            grantId = grant.GrantId.ToString();
            faults.AddRange(FindFaults(grant));
        }
        return Task.FromResult(
            new VerifyGrantResponse
            {
                Valid = faults.Count == 0,
                Faults = { faults },
                GrantId = grantId,
            }
        );
    }

    private IEnumerable<string> FindFaults(UnsignedGrant grant)
    {
        if (!authority.PrimaryKeys.Any(key => key.PublicKey.Equals(grant.PrimaryKey)))
        {
            yield return "The primary key is not one of this daemon's.";
        }
        var session = journal.FindSessionByGrant(grant.GrantId);
        // Compared by what was signed: whoever passed the grant on may have laid out the JSON anew.
        if (
            session is null
            || !GrantCodec.TryParse(session.GrantJson, out var issued, out _)
            || GrantCodec.Digest(issued!.Signed.Grant) != GrantCodec.Digest(grant)
        )
        {
            yield return "This daemon did not issue the grant.";
        }
        else if (session.EndReason != Core.SessionEndReason.None)
        {
            yield return "The session of the grant has ended.";
        }
    }
}
