using Google.Protobuf;
using SessionSigner.Core;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>Turns values of the domain into messages of the wire API.</summary>
internal static class MessageMapper
{
    /// <summary>Name of a denial reason as in denial.proto, without prefix, for example "BUDGET_EXCEEDED".</summary>
    public static string ReasonName(Core.DenialReason reason) =>
        DenialReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>("DenialReason") is { } type
        && type.FindValueByNumber((int)reason) is { } value
            ? value.Name["DENIAL_REASON_".Length..]
            : "UNSPECIFIED";

    public static V1.Denial ToMessage(Core.Denial denial, long? auditIndex, DecisionTrace? trace = null)
    {
        var message = new V1.Denial
        {
            Reason = (V1.DenialReason)(int)denial.Reason,
            Rule = denial.Rule,
            Observed = denial.Observed,
            Limit = denial.Limit,
            Headroom = denial.Headroom,
            RetryAfterMs = checked((ulong)denial.RetryAfterMs),
        };
        if (auditIndex is { } index)
        {
            message.AuditIndex = checked((ulong)index);
        }
        if (trace is { Steps.Count: > 0 })
        {
            message.Trace = ToMessage(trace);
        }
        return message;
    }

    public static Trace ToMessage(DecisionTrace trace) =>
        new()
        {
            Steps = { trace.Steps.Select(ToMessage) },
            LeftOut = checked((uint)trace.LeftOut),
            Debits = { trace.Debits.Select(ToMessage) },
        };

    private static V1.TraceStep ToMessage(Core.TraceStep step)
    {
        var message = new V1.TraceStep
        {
            Position = step.Position,
            Permission = step.Permission,
            Met = step.Unmet is null,
        };
        if (step.Unmet is { } unmet)
        {
            message.Reason = (V1.DenialReason)(int)unmet.Reason;
            message.Rule = unmet.Rule;
            message.Observed = unmet.Observed;
            message.Limit = unmet.Limit;
            message.Headroom = unmet.Headroom;
            message.RetryAfterMs = checked((ulong)unmet.RetryAfterMs);
        }
        return message;
    }

    private static V1.TraceDebit ToMessage(Core.TraceDebit debit) =>
        new()
        {
            Rule = debit.Rule,
            Unit = debit.Unit,
            Amount = debit.Amount,
        };

    public static V1.Headroom ToMessage(Core.Headroom headroom) =>
        new()
        {
            Rule = headroom.Rule,
            Unit = headroom.Unit,
            Limit = headroom.Limit,
            Remaining = headroom.Remaining,
        };

    public static V1.PrimaryKey ToMessage(Core.PrimaryKey key, long grants, bool isAvailable) =>
        new()
        {
            Label = key.Label,
            KeyId = Convert.ToHexStringLower(key.KeyId.Span),
            Curve = key.PublicKey.CurveName,
            PublicKey = ByteString.CopyFrom(key.PublicKey.Compressed.Span),
            Address =
                key.PublicKey.Curve == Grants.Curve.Secp256k1
                    ? Ethereum.Address.FromPublicKey(key.PublicKey.Compressed.Span).ToString()
                    : "",
            TokenLabel = key.TokenLabel,
            TokenSerial = key.TokenSerial,
            TokenModel = key.TokenModel,
            Sensitive = key.Sensitive,
            Extractable = key.Extractable,
            NeverExtractable = key.NeverExtractable,
            AlwaysSensitive = key.AlwaysSensitive,
            Local = key.Local,
            Grants = checked((ulong)grants),
            Available = isAvailable,
        };

    public static VaultReport ToMessage(VaultState state) =>
        new()
        {
            Memory = state.Memory,
            Degraded = state.Degraded,
            Capacity = checked((uint)state.Capacity),
            InUse = checked((uint)state.InUse),
            Undumpable = state.Undumpable,
        };

    public static Checkpoint ToMessage(TreeHead head, string origin) =>
        new()
        {
            Origin = origin,
            TreeSize = checked((ulong)head.Size),
            RootHash = ByteString.CopyFrom(head.Root.ToArray()),
        };

    public static LogEntry ToMessage(StoredEntry entry) =>
        new() { Index = checked((ulong)entry.Index), Entry = ByteString.CopyFrom(entry.Bytes.Span) };
}
