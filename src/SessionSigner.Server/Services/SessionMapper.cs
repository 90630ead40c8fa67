using Google.Protobuf;
using SessionSigner.Core;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>Turns sessions into messages.</summary>
internal static class SessionMapper
{
    public static Session ToMessage(SessionView view) =>
        new()
        {
            SessionId = view.SessionId,
            State = (V1.SessionState)(int)view.State,
            EndReason = (V1.SessionEndReason)(int)view.EndReason,
            Principal = view.Principal,
            Policy = view.Policy,
            PolicyDigest = view.PolicyDigest.ToString(),
            PrimaryKey = view.PrimaryKey,
            GrantId = view.GrantId.ToString(),
            Account = view.Account.ToString(),
            Address = view.Address.ToString(),
            PublicKey = ByteString.CopyFrom(view.PublicKey.Span),
            NotBefore = view.NotBefore,
            NotAfter = view.NotAfter,
            ScopeJson = view.ScopeJson,
            Headroom = { view.Headroom.Select(MessageMapper.ToMessage) },
            Signatures = checked((ulong)view.Signatures),
            EndedBy = view.EndedBy,
            OpenedAtMs = view.OpenedAtMs,
            EndedAtMs = view.EndedAtMs,
        };
}
