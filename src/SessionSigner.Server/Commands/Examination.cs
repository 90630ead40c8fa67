using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using SessionSigner.Core;
using SessionSigner.Storage;
using SessionSigner.Vault;

namespace SessionSigner.Server;

/// <summary>The checks of doctor. They write nothing but what opening the journal and logging in to the token writes.</summary>
internal sealed class Examination(DaemonOptions options, TimeProvider clock)
{
    private const int DaysWarning = 30;
    private const long SpaceWarningBytes = 1L << 30;

    // No clock of this project's lifetime reads earlier; one that does has lost its battery.
    private static readonly DateTimeOffset s_released = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>All findings.</summary>
    public IReadOnlyList<Finding> Run()
    {
        var findings = new List<Finding>();
        findings.AddRange(ExamineEnvironment());
        findings.AddRange(ExamineMemory());
        findings.AddRange(ExamineClock());
        findings.AddRange(ExamineCertificates());
        findings.AddRange(ExamineStorage());
        findings.AddRange(ExaminePolicies());
        // Last, because a module that misbehaves may take the process with it.
        findings.AddRange(ExamineToken());
        return findings;
    }

    private static IEnumerable<Finding> ExamineEnvironment()
    {
        var sockets = Directory
            .EnumerateFileSystemEntries(Path.GetTempPath(), $"*-{Environment.ProcessId}-*")
            .Count(file => Path.GetFileName(file).StartsWith("dotnet-diagnostic", StringComparison.Ordinal));
        yield return sockets == 0
            ? new Finding(Verdict.Good, "process", "no diagnostic port is open")
            : new Finding(Verdict.Failed, "process", "a diagnostic port is open", "set DOTNET_EnableDiagnostics=0");
    }

    private IEnumerable<Finding> ExamineMemory()
    {
        Finding finding;
        try
        {
            using var vault = LockedVault.Create(
                new VaultOptions { Capacity = options.Vault.Capacity, AllowDegradedMemory = options.Vault.AllowDegradedMemory }
            );
            var state = vault.State;
            finding = state.Degraded
                ? new Finding(
                    Verdict.Warning,
                    "memory",
                    $"SECURITY DEGRADED: {state.Memory} memory for {state.Capacity} keys, which root can read",
                    "use a kernel with memfd_secret (6.5 or later, or secretmem.enable=y)"
                )
                : new Finding(
                    Verdict.Good,
                    "memory",
                    $"{state.Memory} for {state.Capacity} session keys, process {(state.Undumpable ? "refuses" : "does NOT refuse")} core dumps"
                );
        }
        catch (VaultUnavailableException exception)
        {
            finding = new Finding(
                Verdict.Failed,
                "memory",
                exception.Message,
                "raise LimitMEMLOCK, enable secretmem, or allow degraded memory"
            );
        }
        yield return finding;
    }

    private IEnumerable<Finding> ExamineClock()
    {
        var now = clock.GetUtcNow();
        yield return now >= s_released
            ? new Finding(Verdict.Good, "clock", now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"))
            : new Finding(Verdict.Failed, "clock", $"reads {now:yyyy-MM-dd}, which is in the past", "set the clock and keep it with NTP");
    }

    private IEnumerable<Finding> ExamineCertificates()
    {
        yield return ExamineServerCertificate();
        var authorities = new X509Certificate2Collection();
        Finding? failure = null;
        try
        {
            authorities = ClientTrust.ParseAuthorities(File.ReadAllText(options.Tls.ClientCa));
            if (options.Tls.RefusedCertificates is { } refused)
            {
                _ = ClientTrust.ParseRefused(File.ReadAllText(refused));
            }
        }
        catch (Exception exception)
        {
            failure = new Finding(
                Verdict.Failed,
                "client CA",
                exception.Message,
                "put PEM certificates into tls.client_ca and fingerprints into tls.refused_certificates"
            );
        }
        if (failure is not null)
        {
            yield return failure;
        }
        foreach (var authority in authorities)
        {
            yield return ExamineDates("client CA", authority);
        }
    }

    private Finding ExamineServerCertificate()
    {
        try
        {
            using var tls = TlsMaterial.Open(options.Tls, clock, NullLogger.Instance);
            return ExamineDates("server cert", tls.Server.TargetCertificate);
        }
        catch (Exception exception)
        {
            return new Finding(
                Verdict.Failed,
                "server cert",
                exception.Message,
                "put a certificate and its private key, both PEM, into tls.certificate and tls.private_key"
            );
        }
    }

    private Finding ExamineDates(string subject, X509Certificate2 certificate)
    {
        var now = clock.GetUtcNow();
        var days = (int)Math.Floor((certificate.NotAfter.ToUniversalTime() - now.UtcDateTime).TotalDays);
        var name = certificate.Subject;
        if (now.UtcDateTime < certificate.NotBefore.ToUniversalTime())
        {
            return new Finding(Verdict.Failed, subject, $"{name} is not in force yet", "check the clock, or wait");
        }
        return days < 0
                ? new Finding(
                    Verdict.Failed,
                    subject,
                    $"{name} has expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}",
                    "issue a new one; it is read without a restart"
                )
            : days < DaysWarning
                ? new Finding(Verdict.Warning, subject, $"{name} expires in {days} days", "issue a new one; it is read without a restart")
            : new Finding(Verdict.Good, subject, $"{name}, {days} days left");
    }

    private IEnumerable<Finding> ExamineStorage()
    {
        var folder = Path.GetDirectoryName(options.Journal.Path)!;
        foreach (var finding in ExamineJournal())
        {
            yield return finding;
        }
        if (Directory.Exists(folder))
        {
            var free = FileSystemStatus.Of(folder).FreeBytes;
            yield return free >= SpaceWarningBytes
                ? new Finding(Verdict.Good, "disk", $"{free >> 20} MiB free at {folder}")
                : new Finding(
                    Verdict.Warning,
                    "disk",
                    $"only {free >> 20} MiB free at {folder}",
                    "signing stops when the journal cannot be written: make room"
                );
        }
    }

    private IEnumerable<Finding> ExamineJournal()
    {
        var inUse = false;
        yield return ExamineJournal(ref inUse);
        var address = options.Listen.Addresses[0];
        switch (inUse, IsListening())
        {
            case (true, false):
                yield return new Finding(
                    Verdict.Warning,
                    "address",
                    $"nothing listens on {address}, though the journal is in use",
                    "the daemon may be starting; otherwise find out which process holds the journal"
                );
                break;
            case (false, true):
                yield return new Finding(
                    Verdict.Failed,
                    "address",
                    $"another program listens on {address}",
                    "stop it, or change listen.addresses"
                );
                break;
            default:
                yield return new Finding(Verdict.Good, "address", inUse ? $"a daemon listens on {address}" : $"{address} is free");
                break;
        }
    }

    private Finding ExamineJournal(ref bool inUse)
    {
        if (!File.Exists(options.Journal.Path) && !File.Exists(options.Journal.Path + ".lock"))
        {
            return new Finding(Verdict.Good, "journal", $"{options.Journal.Path} will be made at the first start");
        }
        try
        {
            var journal = SqliteJournal.Open(new SqliteJournalOptions { Path = options.Journal.Path }, clock);
            var head = journal.Head;
            journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return new Finding(Verdict.Good, "journal", $"{Plural.Of(checked((int)head.Size), "entry", "entries")} verified");
        }
        catch (JournalOpenException exception) when (exception.IsInUse)
        {
            inUse = true;
            return new Finding(Verdict.Good, "journal", "in use by a running daemon, which verified it when it started");
        }
        catch (JournalOpenException exception)
        {
            return new Finding(Verdict.Failed, "journal", exception.Message);
        }
    }

    private bool IsListening()
    {
        var address = options.Listen.Addresses[0];
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private IEnumerable<Finding> ExaminePolicies()
    {
        if (options.FirstRoster is { } roster)
        {
            yield return new Finding(
                Verdict.Good,
                "policies",
                $"by approval of {roster.Threshold} of {roster.Approvers.Count}; first roster {roster.Digest}"
            );
            foreach (var warning in RosterLint.Check(roster))
            {
                yield return new Finding(Verdict.Warning, "policies", $"first roster: {warning}");
            }
            foreach (
                var role in new[] { Roles.Operator, Roles.Approver }.Where(role => !options.Identities.Values.Any(r => r.HasFlag(role)))
            )
            {
                yield return new Finding(
                    Verdict.Warning,
                    "policies",
                    $"no identity has the role {role.ToString().ToLowerInvariant()}",
                    "without one no policy comes into force: give an identity of its own that role"
                );
            }
            yield break;
        }
        yield return new Finding(Verdict.Good, "policies", "pinned by configuration");
        foreach (var pin in options.Policies)
        {
            var unknown = pin
                .Policy.Principals.Where(principal => !options.Identities.GetValueOrDefault(principal).HasFlag(Roles.Trader))
                .ToArray();
            yield return unknown.Length == 0
                ? new Finding(Verdict.Good, "policy", $"{pin.Policy.Name}, digest {pin.Policy.Digest}")
                : new Finding(
                    Verdict.Warning,
                    "policy",
                    $"{pin.Policy.Name} names {string.Join(", ", unknown)}, which has no role trader",
                    "give the identity the role trader, or remove it from the policy"
                );
            foreach (var warning in PolicyLint.Check(pin.Policy))
            {
                yield return new Finding(Verdict.Warning, "policy", $"{pin.Policy.Name}: {warning}");
            }
        }
    }

    private List<Finding> ExamineToken()
    {
        var findings = new List<Finding>();
        try
        {
            using var authority = TokenAccess.Open(options, clock, NullLogger.Instance);
            foreach (var key in authority.PrimaryKeys)
            {
                findings.Add(
                    key.Extractable || !key.Sensitive || !key.Local
                        ? new Finding(
                            Verdict.Warning,
                            "token",
                            $"{key.Label} in {key.TokenLabel} can leave the token or was made outside it",
                            "generate a key in the token"
                        )
                        : new Finding(
                            Verdict.Good,
                            "token",
                            $"{key.Label} ({key.PublicKey.CurveName}) in {key.TokenLabel}, serial {key.TokenSerial}, {key.TokenModel}"
                        )
                );
            }
        }
        catch (StartException exception)
        {
            findings.Add(new Finding(Verdict.Failed, "token", exception.Message));
        }
        return findings;
    }
}
