using System.Security.Cryptography;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Storage;
using SessionSigner.Vault;

namespace SessionSigner.Server;

/// <summary>
/// Life of the daemon: protect the process, open the token, open the journal, recover, listen; at the end stop listening, let calls finish,
/// wipe every key, journal the stop. The only place where the parts are put together.
/// </summary>
internal sealed partial class Daemon(DaemonOptions options, TimeProvider clock, ILoggerFactory logging)
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = logging.CreateLogger("SessionSigner.Daemon");

    /// <summary>Version of this program.</summary>
    public static string Version { get; } = typeof(Daemon).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Runs until the process is told to stop.</summary>
    /// <exception cref="StartException">With what the operator can do.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // 1. The process stops being readable before anything secret is in it.
        using var vault = OpenVault();
        // 2. Token.
        using var authority = TokenAccess.Open(options, clock, logging.CreateLogger("SessionSigner.Token"));
        CheckPolicyKeys(authority.PrimaryKeys);
        // 3. Journal, verified while it opens.
        await using var journal = OpenJournal();
        // 4. Sessions; what a crashed daemon left open is ended.
        var policies = new ActivePolicies(new PolicySet(options.Policies.Select(pin => pin.Policy)));
        await using var sessions = new SessionRegistry(vault, authority, journal, policies, clock, SessionLimits());
        await JournalStartAsync(journal, sessions);
        // 5. Policies: those that the configuration pins, or those that the log says were approved.
        var store = await OpenPoliciesAsync(journal, sessions, policies);
        // 6. Listen.
        using var tls = OpenTls();
        var ports = new DaemonPorts(authority, vault, journal);
        await using var app = DaemonApplication.Build(options, ports, sessions, store, new SigningPipeline(sessions, journal), tls, clock);
        await ListenAsync(app, cancellationToken);
        LogReady(
            Version,
            new Listed(options.Listen.Addresses),
            new Listed(KeyLabels(authority)),
            new Listed(store.Active.Select(policy => policy.Name))
        );
        SystemdNotifier.Notify("READY=1");
        // 7. Until told to stop; calls under way finish first.
        await app.WaitForShutdownAsync(cancellationToken);
        // 8. Keys are wiped whatever the journal does; then the log says so.
        await JournalStopAsync(journal, sessions);
        LogStopped();
    }

    private LockedVault OpenVault()
    {
        try
        {
            var vault = LockedVault.Create(
                new VaultOptions { Capacity = options.Vault.Capacity, AllowDegradedMemory = options.Vault.AllowDegradedMemory }
            );
            if (vault.State.Degraded)
            {
                LogDegradedMemory(vault.State.Memory);
            }
            return vault;
        }
        catch (VaultUnavailableException exception)
        {
            throw new StartException(ExitCodes.Memory, exception.Message, exception);
        }
    }

    private void CheckPolicyKeys(IReadOnlyList<PrimaryKey> primaryKeys)
    {
        foreach (var pin in options.Policies)
        {
            var missing = pin.Policy.PrimaryKeys.FirstOrDefault(label => primaryKeys.All(key => key.Label != label));
            if (missing is not null)
            {
                throw new StartException(
                    ExitCodes.Configuration,
                    $"{pin.File}: primary_keys names \"{missing}\", which is not in token.keys of {options.File}."
                );
            }
        }
    }

    private SqliteJournal OpenJournal()
    {
        try
        {
            return SqliteJournal.Open(
                new SqliteJournalOptions { Path = options.Journal.Path },
                clock,
                logging.CreateLogger("SessionSigner.Journal")
            );
        }
        catch (JournalOpenException exception)
        {
            throw new StartException(ExitCodes.Journal, exception.Message, exception);
        }
    }

    private static IEnumerable<string> KeyLabels(Pkcs11.Pkcs11GrantAuthority authority) => authority.PrimaryKeys.Select(key => key.Label);

    private Core.SessionOptions SessionLimits() =>
        new()
        {
            MaxOpenSessions = options.Limits.MaxOpenSessions,
            MaxOpenSessionsPerPrincipal = options.Limits.MaxOpenSessionsPerPrincipal,
        };

    private TlsMaterial OpenTls()
    {
        try
        {
            return TlsMaterial.Open(options.Tls, clock, logging.CreateLogger("SessionSigner.Tls"));
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or IOException or ArgumentException)
        {
            throw new StartException(
                ExitCodes.Configuration,
                $"The files under tls in {options.File} do not hold what they should: {exception.Message}",
                exception
            );
        }
    }

    private async Task JournalStartAsync(SqliteJournal journal, SessionRegistry sessions)
    {
        try
        {
            var configuration = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(options.File)));
            await journal.Append(
                new JournalWrite(Entry(EntryKind.DaemonStarted, $"version {Version}, configuration sha256:{configuration}"))
            );
            var lost = await sessions.RecoverAsync();
            if (lost > 0)
            {
                LogLost(lost);
            }
        }
        catch (SignerException exception)
        {
            throw new StartException(ExitCodes.Journal, "The journal cannot be written; see the log for the cause.", exception);
        }
    }

    private async Task<PolicyStore> OpenPoliciesAsync(SqliteJournal journal, SessionRegistry sessions, ActivePolicies policies)
    {
        try
        {
            var store = options.FirstRoster is { } roster
                ? await PolicyStore.OpenByApprovalAsync(journal, sessions, policies, roster, options.Journal.Origin)
                : PolicyStore.OpenPinned(journal, policies);
            foreach (var policy in store.Active)
            {
                var entry = Entry(EntryKind.PolicyLoaded, "") with { Policy = policy.Name, PolicyDigest = policy.Digest.ToArray() };
                await journal.Append(new JournalWrite(entry));
            }
            return store;
        }
        catch (PolicyHistoryException exception)
        {
            throw new StartException(ExitCodes.Configuration, exception.Message, exception);
        }
        catch (SignerException exception)
        {
            throw new StartException(ExitCodes.Journal, "The journal cannot be written; see the log for the cause.", exception);
        }
    }

    private async Task JournalStopAsync(SqliteJournal journal, SessionRegistry sessions)
    {
        SystemdNotifier.Notify("STOPPING=1");
        using var timeout = new CancellationTokenSource(ShutdownTimeout, clock);
        try
        {
            await sessions.ShutdownAsync(timeout.Token);
            await journal.Append(new JournalWrite(Entry(EntryKind.DaemonStopped, ""))).WaitAsync(timeout.Token);
        }
        catch (Exception exception) when (exception is SignerException or OperationCanceledException)
        {
            LogStopNotJournaled(exception);
        }
    }

    private static async Task ListenAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            throw new StartException(ExitCodes.Configuration, $"listen.addresses: {exception.Message}", exception);
        }
    }

    private Entry Entry(EntryKind kind, string detail) =>
        new()
        {
            Kind = kind,
            TimeMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Detail = detail,
        };

    [LoggerMessage(
        EventId = 1000,
        Level = LogLevel.Information,
        Message = "sessionsignerd {Version} listens on {Addresses}; primary keys: {Keys}; policies: {Policies}"
    )]
    private partial void LogReady(string version, Listed addresses, Listed keys, Listed policies);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Stopped; every session key is wiped")]
    private partial void LogStopped();

    [LoggerMessage(EventId = 1002, Level = LogLevel.Error, Message = "The stop could not be journaled; every session key is wiped")]
    private partial void LogStopNotJournaled(Exception exception);

    [LoggerMessage(
        EventId = 1003,
        Level = LogLevel.Error,
        Message = "SECURITY DEGRADED: session keys are in {Memory} memory, which root can read"
    )]
    private partial void LogDegradedMemory(string memory);

    [LoggerMessage(
        EventId = 1004,
        Level = LogLevel.Warning,
        Message = "The daemon did not stop in order the last time: {Count} open session(s) lost their keys and are ended now"
    )]
    private partial void LogLost(int count);
}

/// <summary>Values that are joined only when they are logged.</summary>
internal readonly record struct Listed(IEnumerable<object> Values)
{
    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Values);
}
