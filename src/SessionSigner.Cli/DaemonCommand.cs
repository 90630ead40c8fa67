using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

/// <summary>A command that talks to the daemon: adds the connection options and makes the connection.</summary>
internal abstract class DaemonCommand : CliCommand
{
    private readonly ConnectionOptions _connection = new();

    protected DaemonCommand(CliHost host, string name, string description, params string[] examples)
        : base(host, name, description, examples) => _connection.AddTo(this);

    protected sealed override async Task<int> RunAsync(ParseResult arguments, Report report, CancellationToken cancellationToken)
    {
        using var client = SessionSignerClient.Connect(_connection.Read(arguments, Host));
        return await RunAsync(client, arguments, report, cancellationToken);
    }

    protected abstract Task<int> RunAsync(
        SessionSignerClient client,
        ParseResult arguments,
        Report report,
        CancellationToken cancellationToken
    );

    /// <summary>Awaits a call; says on the terminal that it is waiting if that takes longer than a second.</summary>
    protected async Task<T> WaitFor<T>(string what, Task<T> call)
    {
        await using var progress = new ProgressLine(Host, what);
        return await call;
    }
}
