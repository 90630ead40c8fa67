using System.Text.Json.Serialization;
using SessionSigner.Client;

namespace SessionSigner.Cli;

/// <summary>A failure as the user sees it: what is wrong, what to do next, and the exit code. The JSON shape is stable.</summary>
internal sealed record Failure
{
    public required int ExitCode { get; init; }

    /// <summary>Kind in snake_case, one for each exit code.</summary>
    public required string Kind { get; init; }

    public required string Message { get; init; }

    /// <summary>The daemon's reason, for example SESSION_NOT_FOUND; or empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Field of the request at fault, or empty.</summary>
    public string Field { get; init; } = "";

    public string Hint { get; init; } = "";

    /// <summary>What does not verify, one sentence each.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DenialView? Denial { get; init; }

    public static Failure From(Exception exception) =>
        exception switch
        {
            UsageException e => Usage(e.Message),
            SignerConfigurationException e => Usage(e.Message) with { Field = e.Field },
            SignerDeniedException e => new Failure
            {
                ExitCode = Cli.ExitCode.Denied,
                Kind = "denied",
                Message = Or(e.Message, "The scope or the policy refused."),
                Reason = e.Reason,
                Field = e.Field,
                Denial = DenialView.From(e.Denial),
                Hint = e.RetryAfter is { } wait ? $"The same request may be allowed in {wait.TotalSeconds:0.###} s." : "",
            },
            SignerVerificationException e => new Failure
            {
                ExitCode = Cli.ExitCode.NotVerified,
                Kind = "not_verified",
                Message = "What the daemon answered does not verify. Do not use it.",
                Faults = e.Faults,
                Hint = "Tell whoever runs the daemon; keep this message.",
            },
            SignerTrustException e => Of(
                Cli.ExitCode.NotVerified,
                "not_trusted",
                e,
                "Check --address and --ca against what the daemon's operator gave you."
            ),
            SignerUnavailableException e => Of(Cli.ExitCode.Unavailable, "unavailable", e, HintOfUnavailable(e.Reason)),
            SignerPermissionException e => Of(
                Cli.ExitCode.NotPermitted,
                "not_permitted",
                e,
                "Check that this is the right certificate or profile; roles are given under 'identities' in the daemon's configuration."
            ),
            SignerNotFoundException e => Of(Cli.ExitCode.NotFound, "not_found", e, HintOfMissing(e.Field)),
            SignerSessionEndedException e => Of(
                Cli.ExitCode.NotFound,
                "session_ended",
                e,
                "Open another: 'sessionsigner session open --policy NAME'."
            ),
            SessionSignerException { Reason: "POLICY_STATE" } e => Of(
                Cli.ExitCode.Failed,
                "policy_state",
                e,
                "'sessionsigner policy list --ended' shows every version, what it lacks and from when on it may be activated."
            ),
            SignerRequestException e => Of(Cli.ExitCode.Usage, "invalid_request", e, ""),
            SessionSignerException e => Of(Cli.ExitCode.Failed, "failed", e, "The daemon's log says more."),
            IOException or UnauthorizedAccessException => new Failure
            {
                ExitCode = Cli.ExitCode.Failed,
                Kind = "failed",
                Message = exception.Message,
            },
            _ => new Failure
            {
                ExitCode = Cli.ExitCode.Failed,
                Kind = "failed",
                Message = $"Unexpected {exception.GetType().Name}: {exception.Message}",
                Hint = "This is a defect of sessionsigner; please report it.",
            },
        };

    public void WriteTo(TextWriter error)
    {
        error.WriteLine("error: " + SafeText.Escape(Message));
        foreach (var fault in Faults)
        {
            error.WriteLine("  - " + SafeText.Escape(fault));
        }

        foreach (var (name, value) in (Denial?.Fields() ?? []).Where(f => f.Value.Length > 0))
        {
            error.WriteLine($"  {name + ":", -12} {SafeText.Escape(value)}");
        }

        // One step would only say the same again.
        foreach (var line in Denial?.Trace is { Steps.Count: > 1 } trace ? trace.Lines().Prepend("why:") : [])
        {
            error.WriteLine("  " + SafeText.Escape(line));
        }

        if (Field.Length > 0)
        {
            error.WriteLine($"  {"field:", -12} {SafeText.Escape(Field)}");
        }

        if (Hint.Length > 0)
        {
            error.WriteLine("hint: " + Hint);
        }
    }

    private static string HintOfUnavailable(string reason) =>
        reason switch
        {
            "JOURNAL_FAILED" => "Signing stops until the daemon's operator has repaired the cause and restarted it; its log says why.",
            "TOKEN_UNAVAILABLE" => "No session can be opened until the token is back; those that are open go on signing.",
            "VAULT_FULL" or "OVERLOADED" => "Close sessions that are not needed, or try again later with the same --request-id.",
            "SHUTTING_DOWN" => "Try again when the daemon is back; its sessions have ended.",
            _ =>
                "Check --address and that the daemon runs ('sessionsigner health'); to repeat a request safely, give the same --request-id.",
        };

    private static string HintOfMissing(string field) =>
        field switch
        {
            "digest" => "'sessionsigner policy list --ended' shows the versions there are.",
            "policy" =>
                "Check the spelling and whether the policy names your identity; an operator or auditor sees the policies in force with 'sessionsigner policy list'.",
            "primary_key" => "An operator or auditor sees the primary keys with 'sessionsigner custody'.",
            "grant_id" => "'sessionsigner session show SESSION' names the grant of a session.",
            _ => "'sessionsigner session list --ended' shows your sessions.",
        };

    private static Failure Usage(string message) =>
        new()
        {
            ExitCode = Cli.ExitCode.Usage,
            Kind = "usage",
            Message = message,
        };

    private static Failure Of(int exitCode, string kind, SessionSignerException e, string hint) =>
        new()
        {
            ExitCode = exitCode,
            Kind = kind,
            Message = Or(e.Message, $"The daemon answered {e.Status}."),
            Reason = e.Reason,
            Field = e.Field,
            Hint = hint,
        };

    private static string Or(string text, string otherwise) => text.Length > 0 ? text : otherwise;
}
