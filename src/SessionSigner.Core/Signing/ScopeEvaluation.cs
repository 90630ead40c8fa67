namespace SessionSigner.Core;

/// <summary>
/// Step 5: asks the ceiling and the narrowing, both of which must allow, and collects what each would debit.
/// Reused between requests of one thread, so that evaluation does not allocate; not thread safe.
/// </summary>
internal sealed class ScopeEvaluation
{
    /// <summary>Debits to the ceiling's budgets.</summary>
    public DebitBuffer Ceiling { get; } = new();

    /// <summary>Debits to the narrowing's budgets.</summary>
    public DebitBuffer Narrowing { get; } = new();

    /// <summary>What was taken for them.</summary>
    public Reservation Reservation { get; } = new();

    /// <summary>What at most one of several payloads can take, or null for a payload that replaces nothing.</summary>
    public ReplacementSlot? Slot { get; private set; }

    /// <summary>Path of the ceiling's permission that allows.</summary>
    public string CeilingPermission { get; private set; } = "";

    /// <summary>Path of the narrowing's permission that allows, or empty if nothing narrows.</summary>
    public string NarrowingPermission { get; private set; } = "";

    /// <summary>Evaluates a payload.</summary>
    /// <returns>Allowed only if both sides allow.</returns>
    public ScopeDecision Evaluate(
        CompiledScope ceiling,
        CompiledScope? narrowing,
        SigningPayload payload,
        long nowSeconds,
        SessionFacts session
    ) => Evaluate(ceiling, narrowing, payload, nowSeconds, session, trace: null);

    /// <summary>Evaluates a payload, and says what was considered on both sides if a trace is given.</summary>
    /// <returns>Allowed only if both sides allow.</returns>
    public ScopeDecision Evaluate(
        CompiledScope ceiling,
        CompiledScope? narrowing,
        SigningPayload payload,
        long nowSeconds,
        SessionFacts session,
        TraceBuilder? trace
    )
    {
        Ceiling.Clear();
        Narrowing.Clear();
        Reservation.Clear();
        Slot = ReplacementSlot.Of(payload);
        CeilingPermission = "";
        NarrowingPermission = "";
        var upper = ceiling.Evaluate(payload, nowSeconds, Ceiling, session, trace);
        if (!upper.IsAllowed)
        {
            if (trace is not null)
            {
                _ = narrowing?.Evaluate(payload, nowSeconds, Narrowing, session, trace);
                Narrowing.Clear();
            }
            return upper;
        }
        CeilingPermission = upper.AllowedBy!;
        if (narrowing is null)
        {
            return upper;
        }
        var lower = narrowing.Evaluate(payload, nowSeconds, Narrowing, session, trace);
        NarrowingPermission = lower.AllowedBy ?? "";
        return lower;
    }
}
