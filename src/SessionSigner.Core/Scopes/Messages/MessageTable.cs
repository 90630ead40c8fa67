using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// The permissions for personal messages, in the order of the document; at most 64 in all. A message that is, or looks like, Sign-In with Ethereum is held against those of
/// kind "sign_in" only, every other against templates only.
/// </summary>
internal sealed class MessageTable(string side)
{
    private readonly List<MessageRule> _templates = [];
    private readonly List<SignInRule> _signIns = [];

    /// <summary>Compiles a template and adds it.</summary>
    public void Add(MessagePermission permission, PermissionCompiler compiler)
    {
        if (compiler.Compile(permission) is { } rule)
        {
            _templates.Add(rule);
        }
    }

    /// <summary>Adds a permission of kind "sign_in".</summary>
    public void Add(SignInPermission permission, PermissionCompiler compiler) => _signIns.Add(new SignInRule(compiler.Path, permission));

    public ScopeDecision Evaluate(MessagePayload message, long now, in SessionFacts session, DebitBuffer debits, TraceBuilder? trace) =>
        message.SignIn is null ? EvaluateText(message, now, debits, trace) : EvaluateSignIn(message, now, session, trace);

    private ScopeDecision EvaluateText(MessagePayload message, long now, DebitBuffer debits, TraceBuilder? trace)
    {
        if (_templates.Count == 0)
        {
            return RefuseKind("a text message", "no text messages");
        }
        var selection = new PermissionSelection<MessageRule>(debits, trace);
        foreach (var rule in _templates)
        {
            selection.Add(rule, rule.Check(message.Utf8.Span, now, debits));
        }
        return selection.End();
    }

    private ScopeDecision EvaluateSignIn(MessagePayload message, long now, in SessionFacts session, TraceBuilder? trace)
    {
        var furthest = -1;
        var refusal = RefuseKind("a sign-in message", "no sign-in messages");
        var mark = trace?.Mark() ?? default;
        foreach (var rule in _signIns)
        {
            if (rule.Check(message.SignIn!, now, session, out var met) is not { } denial)
            {
                trace?.Rollback(mark);
                trace?.AddMet(rule.Path);
                return ScopeDecision.Allow(rule.Path);
            }
            trace?.AddUnmet(rule.Path, denial);
            if (met > furthest)
            {
                furthest = met;
                refusal = ScopeDecision.Refuse(denial);
            }
        }
        return refusal;
    }

    private ScopeDecision RefuseKind(string observed, string limit) =>
        ScopeDecision.Refuse(new Denial(DenialReason.MessageNotAllowed, side + ".permissions", observed, limit));
}
