using System.CommandLine;
using SessionSigner.Client;

namespace SessionSigner.Cli;

/// <summary>The arguments of commands that take a payload for a session.</summary>
internal sealed class PayloadArguments(string description)
{
    private readonly Option<string> _session = new("--session")
    {
        Description = "Identifier of the session.",
        Required = true,
        HelpName = "ID",
    };
    private readonly Argument<string> _path = new("FILE") { Description = description };
    private readonly Option<string?> _requestId = new("--request-id")
    {
        Description =
            "Identifier that makes a repetition safe: same identifier and payload, same answer, no second debit. Default: a random one.",
        HelpName = "ID",
    };

    public void AddTo(Command command, bool withRequestId)
    {
        command.Add(_session);
        command.Add(_path);
        if (withRequestId)
        {
            command.Add(_requestId);
        }
    }

    public string Session(ParseResult arguments) => arguments.GetRequiredValue(_session);

    public string Path(ParseResult arguments) => arguments.GetRequiredValue(_path);

    public string RequestId(ParseResult arguments)
    {
        var given = arguments.GetValue(_requestId);
        return given is null || Client.RequestId.IsValid(given)
            ? given ?? Client.RequestId.Create()
            : throw new UsageException("--request-id takes 1 to 64 characters of A-Z a-z 0-9 . _ : -.");
    }
}
