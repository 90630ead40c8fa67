using System.Text.Json;

namespace SessionSigner.Core;

/// <summary>Makes views of sessions.</summary>
internal static class SessionViews
{
    public static SessionView Create(SessionRecord record, string scopeJson, IReadOnlyList<Headroom> headroom) =>
        new()
        {
            SessionId = record.SessionId,
            State = record.EndReason == SessionEndReason.None ? SessionState.Open : SessionState.Ended,
            EndReason = record.EndReason,
            Principal = record.Principal,
            Policy = record.Policy,
            PolicyDigest = record.PolicyDigest,
            PrimaryKey = record.PrimaryKey,
            GrantId = record.GrantId,
            Account = record.Account,
            Address = record.Address,
            PublicKey = record.PublicKey,
            NotBefore = record.NotBefore,
            NotAfter = record.NotAfter,
            ScopeJson = scopeJson,
            Headroom = headroom,
            Signatures = record.Signatures,
            EndedBy = record.EndedBy,
            OpenedAtMs = record.OpenedAtMs,
            EndedAtMs = record.EndedAtMs,
        };

    /// <summary>The view of a session that only the journal knows: its key is gone, whether or not the log says so yet.</summary>
    public static SessionView Create(SessionRecord record)
    {
        using var grant = JsonDocument.Parse(record.GrantJson);
        var ended = record.EndReason == SessionEndReason.None ? record with { EndReason = SessionEndReason.Lost } : record;
        return Create(ended, grant.RootElement.GetProperty("scope").GetRawText(), []);
    }
}
