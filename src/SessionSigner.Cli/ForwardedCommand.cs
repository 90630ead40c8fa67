using System.CommandLine;
using System.Diagnostics;

namespace SessionSigner.Cli;

/// <summary>
/// A command that needs the daemon's host (token, vault, storage, configuration) and so is carried out by the daemon's own program.
/// Arguments, standard streams and exit code pass through as they are.
/// </summary>
internal sealed class ForwardedCommand(string path, string description, params string[] examples)
{
    private const string Daemon = "sessionsignerd";
    private const string JsonOption = "--json";

    public static readonly ForwardedCommand Init = new(
        "init",
        "Prepare this host: token, primary key, certificates, configuration.",
        "sessionsigner init --folder ./trial --module /usr/lib/softhsm/libsofthsm2.so",
        "sessionsigner init --folder ./trial --json"
    );

    public static readonly ForwardedCommand Doctor = new(
        "doctor",
        "Check token, memory, clock, certificates and storage of this host, and say what to fix.",
        "sessionsigner doctor --config sessionsignerd.yaml",
        "sessionsigner doctor --config sessionsignerd.yaml --json"
    );

    public static readonly ForwardedCommand CheckConfig = new(
        "check-config",
        "Check a configuration file and report all faults.",
        "sessionsigner check-config --config sessionsignerd.yaml"
    );

    public static readonly ForwardedCommand PolicyLint = new(
        "policy lint",
        "Check a policy file and warn of what bites people.",
        "sessionsigner policy lint policies/desk.yaml"
    );

    public static readonly ForwardedCommand PolicyShow = new(
        "policy show",
        "Show a policy file in canonical form with its digest.",
        "sessionsigner policy show policies/desk.yaml"
    );

    public static readonly ForwardedCommand PolicyDiff = new(
        "policy diff",
        "Say what changes between two versions of a policy: what widens, what narrows.",
        "sessionsigner policy diff policies/desk.yaml policies/desk-next.yaml"
    );

    public static readonly ForwardedCommand PolicyTest = new(
        "policy test",
        "Run cases against a policy: requests and what it should say of them.",
        "sessionsigner policy test policies/desk.yaml cases/desk.yaml"
    );

    public static readonly ForwardedCommand PolicyReplay = new(
        "policy replay",
        "Say which past sessions and signatures of an exported log a policy would refuse.",
        "sessionsigner policy replay policies/desk-next.yaml audit.log --payloads payloads.jsonl"
    );

    private static readonly ForwardedCommand[] All =
    [
        Init,
        Doctor,
        CheckConfig,
        PolicyLint,
        PolicyShow,
        PolicyDiff,
        PolicyTest,
        PolicyReplay,
    ];

    /// <summary>Whether the arguments begin with a forwarded command. Its help is given here only if the daemon's program is not on this host.</summary>
    public static bool Matches(CliHost host, IReadOnlyList<string> arguments)
    {
        var asksHelp = arguments.Count > 0 && arguments[^1] is "-h" or "--help" or "-?";
        return All.Any(c => arguments.Take(c.Words.Length).SequenceEqual(c.Words)) && !(asksHelp && Locate(host) is null);
    }

    /// <summary>Whether the arguments ask for JSON; then it is also said in JSON that the daemon's program cannot be run.</summary>
    public static bool AsksJson(IReadOnlyList<string> arguments) => arguments.TakeWhile(a => a != "--").Contains(JsonOption);

    private string[] Words => path.Split(' ');

    public Command ToCommand() => new Described(Words[^1], description, examples);

    public static async Task<int> RunAsync(CliHost host, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Find(host)) { UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var child = Process.Start(start) ?? throw NotStarted(start.FileName, null);
            // An interrupt from the terminal reaches the child too, and the child decides; this process only waits for it.
            ConsoleCancelEventHandler wait = (_, e) => e.Cancel = true;
            Console.CancelKeyPress += wait;
            try
            {
                await child.WaitForExitAsync(cancellationToken);
            }
            finally
            {
                Console.CancelKeyPress -= wait;
            }

            return child.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw NotStarted(start.FileName, e);
        }
    }

    /// <summary>Runs the daemon's program and takes what it prints.</summary>
    /// <exception cref="UsageException">It is not on this host.</exception>
    public static async Task<(int ExitCode, string Output)> CaptureAsync(
        CliHost host,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken
    )
    {
        var start = new ProcessStartInfo(Find(host), arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        try
        {
            using var child = Process.Start(start) ?? throw NotStarted(start.FileName, null);
            var output = await child.StandardOutput.ReadToEndAsync(cancellationToken);
            await child.WaitForExitAsync(cancellationToken);
            return (child.ExitCode, output);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw NotStarted(start.FileName, e);
        }
    }

    private static string Find(CliHost host)
    {
        if (Locate(host) is { } found)
        {
            return found;
        }

        throw new UsageException(
            host.Environment("SESSIONSIGNERD") is { Length: > 0 } named
                ? $"$SESSIONSIGNERD names {named}, which does not exist."
                : $"This command runs on the daemon's host, but {Daemon} was not found beside sessionsigner or on the PATH. Set $SESSIONSIGNERD to where it is."
        );
    }

    // Where an operator named it, then beside this program, then on the path.
    private static string? Locate(CliHost host)
    {
        if (host.Environment("SESSIONSIGNERD") is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : null;
        }

        var folders = (host.Environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Prepend(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, Daemon)).FirstOrDefault(File.Exists);
    }

    private static UsageException NotStarted(string file, Exception? cause) =>
        new($"{file} cannot be started; check that it is executable.", cause);

    private sealed class Described : Command, IHasExamples
    {
        public Described(string name, string description, string[] examples)
            : base(name, description + $" Runs {Daemon} on this host.")
        {
            Examples = examples;
            TreatUnmatchedTokensAsErrors = false;
            Add(new Option<bool>(JsonOption) { Description = "Write JSON, stable for scripts." });
            Add(
                new Argument<string[]>("ARGUMENTS")
                {
                    Description = $"Passed to {Daemon} as they are; its own --help lists them, once it is on this host.",
                    Arity = ArgumentArity.ZeroOrMore,
                }
            );
        }

        public IReadOnlyList<string> Examples { get; }
    }
}
