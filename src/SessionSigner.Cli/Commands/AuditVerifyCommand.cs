using System.CommandLine;
using System.Text;
using SessionSigner.Audit;
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

    private readonly Option<string?> _kept = new("--checkpoint")
    {
        Description = "A checkpoint saved earlier: the log must still begin with the entries it covers.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _save = new("--save-checkpoint")
    {
        Description = "If the log verifies, write its checkpoint to this new file; keep it where the daemon's operators cannot change it.",
        HelpName = "FILE",
    };

    private readonly ConnectionOptions _connection = new();

    public AuditVerifyCommand(CliHost host)
        : base(
            host,
            "verify",
            "Recompute the audit log's Merkle tree from all its entries and compare; exits 4 if anything differs.",
            "sessionsigner audit verify --save-checkpoint monday.checkpoint",
            "sessionsigner audit verify --checkpoint monday.checkpoint",
            "sessionsigner audit verify audit-2026-11.log"
        )
    {
        Add(_file);
        Add(_kept);
        Add(_save);
        _connection.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, Report report, CancellationToken cancellationToken)
    {
        var kept = KeptCheckpoint.Read(arguments.GetValue(_kept));
        var path = arguments.GetValue(_file);
        var (origin, verification) = path is null
            ? await VerifyDaemonAsync(_connection.Read(arguments, Host), kept, cancellationToken)
            : await VerifyFileAsync(path, kept);
        var faults = DaemonLog.Describe(verification).Concat(kept.Compare(origin)).ToList();
        if (faults.Count == 0 && arguments.GetValue(_save) is { } save)
        {
            var checkpoint = new LogCheckpoint(origin, verification.Size, verification.Root);
            await NewFile.WriteAsync(save, Encoding.ASCII.GetString(checkpoint.Encode()), cancellationToken);
        }

        Write(report, origin, verification, faults, offline: path is not null);
        return faults.Count == 0 ? ExitCode.Ok : ExitCode.NotVerified;
    }

    private static void Write(Report report, string origin, LogVerification verification, List<string> faults, bool offline)
    {
        var valid = faults.Count == 0;
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    Valid = valid,
                    Offline = offline,
                    Origin = origin,
                    TreeSize = verification.Size,
                    RootHash = Names.Hex(verification.Root.Span),
                    Faults = faults,
                }
            );
            return;
        }

        report.Verdict(valid, valid ? "The audit log verifies." : "The audit log does not verify:");
        foreach (var fault in faults)
        {
            report.Line("  - " + fault);
        }

        report.Fields(("origin", origin), ("entries", $"{verification.Size}"), ("root", Names.Hex(verification.Root.Span)));
    }

    private async Task<(string Origin, LogVerification Verification)> VerifyDaemonAsync(
        ClientOptions options,
        KeptCheckpoint kept,
        CancellationToken cancellationToken
    )
    {
        using var client = SessionSignerClient.Connect(options);
        await using var progress = new ProgressLine(Host, "Reading the log…");
        var checkpoint = await DaemonLog.GetCheckpointAsync(client, cancellationToken);
        var verification = await DaemonLog.ReadAsync(client, checkpoint, entry => kept.Add(entry.Span), progress, cancellationToken);
        return (checkpoint.Origin, verification);
    }

    private async Task<(string Origin, LogVerification Verification)> VerifyFileAsync(string path, KeptCheckpoint kept)
    {
        await using var progress = new ProgressLine(Host, "Verifying the file…");
        try
        {
            await using var file = path == InputFile.StandardInput ? Host.Input : File.OpenRead(path);
            await using var buffered = new BufferedStream(file, 1 << 16);
            var verification = LogFileReader.Verify(
                buffered,
                expected: null,
                (index, entry) =>
                {
                    // An entry has one encoding: this is the file's.
                    kept.Add(EntryCodec.Encode(entry));
                    progress.Update($"Verifying the file… {index + 1} entries");
                },
                out var checkpoint
            );
            return (checkpoint?.Origin ?? "", verification);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw InputFile.Unreadable(path, "audit log", e);
        }
    }
}
