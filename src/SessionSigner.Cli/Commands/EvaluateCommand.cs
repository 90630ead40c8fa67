using System.CommandLine;
using SessionSigner.Client;
using SessionSigner.V1;

namespace SessionSigner.Cli;

/// <summary>A command that asks whether a payload would be signed. What differs is how the payload is read and which call asks.</summary>
internal abstract class EvaluateCommand<T> : DaemonCommand
{
    private readonly PayloadArguments _payload;

    protected EvaluateCommand(CliHost host, string name, string description, string payload, params string[] examples)
        : base(host, name, description, examples)
    {
        _payload = new PayloadArguments(payload);
        _payload.AddTo(this, withRequestId: false);
    }

    protected sealed override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        var payload = await ReadAsync(_payload.Path(arguments), arguments, cancellationToken);
        var call = EvaluateAsync(client, _payload.Session(arguments), payload, cancellationToken);
        return EvaluationView.Write(report, await WaitFor("Waiting for the daemon…", call));
    }

    /// <summary>Reads the payload.</summary>
    protected abstract Task<T> ReadAsync(string path, ParseResult arguments, CancellationToken cancellationToken);

    /// <summary>Asks.</summary>
    protected abstract Task<EvaluateResponse> EvaluateAsync(
        SessionSignerClient client,
        string sessionId,
        T payload,
        CancellationToken cancellationToken
    );
}
