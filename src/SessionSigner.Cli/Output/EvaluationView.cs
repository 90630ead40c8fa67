using SessionSigner.V1;

namespace SessionSigner.Cli;

/// <summary>What signing would decide. The JSON shape is stable.</summary>
internal static class EvaluationView
{
    /// <returns>The exit code: ok, or denied.</returns>
    public static int Write(Report report, EvaluateResponse answer)
    {
        var denial = answer.Denial is null ? null : DenialView.From(answer.Denial);
        var headroom = HeadroomView.From(answer.Headroom);
        var trace = TraceView.From(answer.Trace);
        var digest = Names.Hex(answer.Digest.Span);
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    Allowed = denial is null,
                    Digest = digest,
                    Denial = denial,
                    Headroom = headroom,
                    Trace = trace,
                }
            );
        }
        else
        {
            report.Verdict(denial is null, denial is null ? "It would be signed." : "It would be refused.");
            report.Fields([.. denial?.Fields() ?? [], ("digest", digest)]);
            foreach (var line in trace?.Lines().Prepend("why:") ?? [])
            {
                report.Line(line);
            }

            HeadroomView.Write(report, headroom);
        }

        return denial is null ? ExitCode.Ok : ExitCode.Denied;
    }
}
