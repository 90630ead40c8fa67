using System.CommandLine;
using System.Text;
using SessionSigner.Client;

namespace SessionSigner.Cli;

/// <summary>Offline from an exported file, or online against the daemon.</summary>
internal sealed class AuditVerifyCommand : CliCommand
{
    private readonly Argument<string?> _file = new("FILE")
    {
        Description = "A file that 'audit export' wrote; - reads standard input. Without it, the daemon's log is read and verified.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _root = new("--root")
    {
        Description = "Root hash that you kept from an earlier time, with --size: the log must still begin with those entries.",
        HelpName = "0x…",
    };

    private readonly Option<ulong?> _size = new("--size")
    {
        Description = "Number of entries that the root given with --root covers.",
        HelpName = "N",
    };
    private readonly ConnectionOptions _connection = new();

    public AuditVerifyCommand(CliHost host)
        : base(
            host,
            "verify",
            "Recompute the audit log's Merkle tree from all its entries and compare; exits 4 if anything differs.",
            "sessionsigner audit verify",
            "sessionsigner audit verify audit-2026-11.jsonl",
            "sessionsigner audit verify audit-2026-11.jsonl --size 1200 --root 0x6e34…"
        )
    {
        Add(_file);
        Add(_root);
        Add(_size);
        _connection.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, Report report, CancellationToken cancellationToken)
    {
        var kept = ReadKept(arguments);
        var check = new LogCheck();
        var file = arguments.GetValue(_file);
        var state = file is null
            ? await VerifyDaemonAsync(_connection.Read(arguments, Host), check, kept, cancellationToken)
            : await VerifyFileAsync(file, check, kept, cancellationToken);
        check.Compare(state, file is null ? "the daemon" : "the file");
        if (kept is not null && kept.Size > check.Size)
        {
            check.Fault($"The log has {check.Size} entries, fewer than the {kept.Size} you kept a root of: entries are gone.");
        }

        Write(report, state, check, file is not null);
        return check.Faults.Count == 0 ? ExitCode.Ok : ExitCode.NotVerified;
    }

    private static void Write(Report report, LogState state, LogCheck check, bool offline)
    {
        var valid = check.Faults.Count == 0;
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    Valid = valid,
                    Offline = offline,
                    state.Origin,
                    TreeSize = check.Size,
                    RootHash = Names.Hex(check.Root),
                    check.Faults,
                }
            );
            return;
        }

        report.Verdict(valid, valid ? "The audit log verifies." : "The audit log does not verify:");
        foreach (var fault in check.Faults)
        {
            report.Line("  - " + fault);
        }

        report.Fields(("origin", state.Origin), ("entries", $"{check.Size}"), ("root", Names.Hex(check.Root)));
        if (valid)
        {
            report.Line(
                "Keep entries and root: 'audit verify --size N --root 0x…' later shows that no entry was changed or removed since."
            );
        }
    }

    private async Task<LogState> VerifyDaemonAsync(
        ClientOptions options,
        LogCheck check,
        LogState? kept,
        CancellationToken cancellationToken
    )
    {
        using var client = SessionSignerClient.Connect(options);
        await using var progress = new ProgressLine(Host, "Reading the log…");
        var state = LogState.From(await client.GetCheckpointAsync(cancellationToken));
        CompareKept(check, kept);
        await foreach (var entry in client.ReadEntriesAsync(0, state.Size, cancellationToken))
        {
            check.Add(entry.Entry.Span);
            CompareKept(check, kept);
            progress.Update($"Verifying… {check.Size} of {state.Size} entries");
        }

        return state;
    }

    private async Task<LogState> VerifyFileAsync(string path, LogCheck check, LogState? kept, CancellationToken cancellationToken)
    {
        using var file = Open(path);
        await using var progress = new ProgressLine(Host, "Reading the file…");
        var state = await ExportFile.ReadHeaderAsync(file, cancellationToken);
        CompareKept(check, kept);
        await foreach (var entry in ExportFile.ReadEntriesAsync(file, cancellationToken))
        {
            check.Add(entry);
            CompareKept(check, kept);
            progress.Update($"Verifying… {check.Size} of {state.Size} entries");
        }

        return state;
    }

    private static void CompareKept(LogCheck check, LogState? kept)
    {
        if (kept is not null && kept.Size == check.Size)
        {
            check.Compare(kept, "the root you kept");
        }
    }

    private StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path == InputFile.StandardInput ? Host.Input : File.OpenRead(path), Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"The export {path} cannot be read. Check the path; '-' reads standard input.", e);
        }
    }

    private LogState? ReadKept(ParseResult arguments)
    {
        var root = arguments.GetValue(_root);
        var size = arguments.GetValue(_size);
        if (root is null && size is null)
        {
            return null;
        }

        return
            size is { } entries
            && root is { Length: 66 }
            && root.StartsWith("0x", StringComparison.Ordinal)
            && root.AsSpan(2).ToString().All(char.IsAsciiHexDigit)
            ? new LogState("", entries, Convert.FromHexString(root.AsSpan(2)))
            : throw new UsageException("--root takes 0x and 64 hexadecimal digits, together with --size, as 'audit verify' showed them.");
    }
}
