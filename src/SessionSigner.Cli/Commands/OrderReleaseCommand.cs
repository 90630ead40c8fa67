using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed class OrderReleaseCommand : DaemonCommand
{
    private readonly Option<string> _session = new("--session")
    {
        Description = "Identifier of the session.",
        Required = true,
        HelpName = "SESSION",
    };
    private readonly Option<string> _outcome = new Option<string>("--outcome")
    {
        Description =
            "What became of it. void: never executed and can no longer be; what it took is given back. executed: only its place among the open orders is.",
        Required = true,
        HelpName = "OUTCOME",
    }.AcceptOnlyFromAmong("void", "executed");
    private readonly Argument<string> _request = new("REQUEST_ID") { Description = "Identifier of the request that was signed." };

    public OrderReleaseCommand(CliHost host)
        : base(
            host,
            "release",
            "Give back what one signed request took. A signed order stays valid until it is cancelled on its venue or its nonce is used: say void only of what can no longer execute.",
            "sessionsigner order release --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --outcome void order-0001",
            "sessionsigner order release --session 5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d --outcome executed --json order-0001"
        )
    {
        Add(_session);
        Add(_outcome);
        Add(_request);
    }

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var (session, request) = (arguments.GetRequiredValue(_session), arguments.GetRequiredValue(_request));
        var outcome = arguments.GetRequiredValue(_outcome) == "void" ? ReleaseOutcome.Void : ReleaseOutcome.Executed;
        var answer = await WaitFor("Waiting for the daemon…", client.ReleaseReservationAsync(session, request, outcome, cancellationToken));
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    SessionId = session,
                    RequestId = request,
                    Outcome = Names.Of(outcome),
                    GivenBack = answer.GivenBack.Select(item => new { item.Rule, item.Amount }),
                    answer.SignedIndex,
                    answer.AuditIndex,
                }
            );
            return ExitCode.Ok;
        }

        report.Verdict(true, $"Request {request} is released ({Names.Of(outcome)}); audit index {answer.AuditIndex}.");
        report.Table(
            ["budget", "given back"],
            answer.GivenBack.Select(item => (IReadOnlyList<string>)[item.Rule, Names.Amount(item.Amount)]).ToList(),
            "Nothing went back to a budget."
        );
        return ExitCode.Ok;
    }
}
