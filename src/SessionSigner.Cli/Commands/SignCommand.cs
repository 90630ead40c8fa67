using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

/// <summary>A command that has a session sign one payload. What differs is how the payload is read and which call signs it.</summary>
internal abstract class SignCommand<T> : DaemonCommand
{
    private readonly PayloadArguments _payload;

    protected SignCommand(CliHost host, string name, string description, string payload, params string[] examples)
        : base(host, name, description, examples)
    {
        _payload = new PayloadArguments(payload);
        _payload.AddTo(this, withRequestId: true);
    }

    protected sealed override async Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    )
    {
        CheckOptions(arguments, report);
        var payload = await ReadAsync(_payload.Path(arguments), arguments, cancellationToken);
        var requestId = _payload.RequestId(arguments);
        var session = await WaitFor(
            "Verifying the session's grant…",
            client.ResumeSessionAsync(_payload.Session(arguments), cancellationToken)
        );
        var signature = await WaitFor("Signing…", SignAsync(session, payload, requestId, cancellationToken));
        return Write(arguments, report, signature);
    }

    /// <summary>Refuses options that do not go together, before anything is read.</summary>
    protected virtual void CheckOptions(ParseResult arguments, Report report) { }

    /// <summary>Reads the payload.</summary>
    protected abstract Task<T> ReadAsync(string path, ParseResult arguments, CancellationToken cancellationToken);

    /// <summary>Has it signed; the client verifies the answer.</summary>
    protected abstract Task<SignatureView> SignAsync(
        SignerSession session,
        T payload,
        string requestId,
        CancellationToken cancellationToken
    );

    /// <summary>Writes the answer.</summary>
    protected virtual int Write(ParseResult arguments, Report report, SignatureView signature) => signature.Write(report);
}
