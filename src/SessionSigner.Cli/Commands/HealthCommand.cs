using System.CommandLine;
using Grpc.Health.V1;
using SessionSigner.Client;

namespace SessionSigner.Cli;

internal sealed class HealthCommand : DaemonCommand
{
    private readonly Argument<string> _service = new("SERVICE")
    {
        Description = "Full name of one service, such as sessionsigner.v1.SigningService. Default: the daemon as a whole.",
        DefaultValueFactory = _ => "",
    };

    public HealthCommand(CliHost host)
        : base(
            host,
            "health",
            "Ask whether the daemon is ready; exits 5 if it is not.",
            "sessionsigner health",
            "sessionsigner health sessionsigner.v1.SigningService --json"
        ) => Add(_service);

    protected override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var service = arguments.GetValue(_service) ?? "";
        var status = await WaitFor("Waiting for the daemon…", client.CheckHealthAsync(service, cancellationToken));
        var ready = status == HealthCheckResponse.Types.ServingStatus.Serving;
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    Service = service,
                    Status = Names.Of(status),
                    Ready = ready,
                }
            );
        }
        else
        {
            report.Verdict(
                ready,
                ready ? "Ready." : $"Not ready: {Names.Of(status)}. The daemon's log says why; 'sessionsigner doctor' checks its host."
            );
        }

        return ready ? ExitCode.Ok : ExitCode.Unavailable;
    }
}
