using System.Globalization;
using System.Net;
using SessionSigner.Grants;

namespace SessionSigner.Server;

/// <summary>Reads the configuration file. SPEC: deploy/config/sessionsignerd.yaml, which names every option.</summary>
internal sealed class DaemonOptionsReader
{
    private readonly FaultCollector _faults;
    private readonly string _folder;
    private readonly string _file;
    private readonly Func<string, string?> _environment;

    private DaemonOptionsReader(string file, Func<string, string?> environment)
    {
        _file = Path.GetFullPath(file);
        _folder = Path.GetDirectoryName(_file) ?? "/";
        _faults = new FaultCollector(_file);
        _environment = environment;
    }

    /// <summary>Reads and checks a configuration file and the files it names.</summary>
    /// <exception cref="ConfigurationException">With every fault there is.</exception>
    public static DaemonOptions Read(string file) => Read(file, Environment.GetEnvironmentVariable);

    /// <summary>As <see cref="Read(string)"/>, with the environment given.</summary>
    public static DaemonOptions Read(string file, Func<string, string?> environment)
    {
        var (options, faults, _) = Examine(file, environment);
        return options is null || faults.Count > 0 ? throw new ConfigurationException(faults) : options;
    }

    /// <summary>Reads a configuration file without giving up.</summary>
    /// <returns>What was read, if anything; the faults; the path of every option there is.</returns>
    internal static (DaemonOptions? Options, IReadOnlyList<ConfigurationFault> Faults, IReadOnlySet<string> Known) Examine(
        string file,
        Func<string, string?> environment
    )
    {
        var reader = new DaemonOptionsReader(file, environment);
        var options = reader.Read();
        return (options, reader._faults.Faults, reader._faults.Asked);
    }

    private DaemonOptions? Read()
    {
        if (File.Exists(_file) && FileChecks.FindChangeFault(_file) is { } open)
        {
            _faults.Add(0, "", open);
        }
        if (YamlText.Read(_file, _faults) is not { } node)
        {
            return null;
        }
        var root = new ConfigurationSection(_faults, "", node, 1);
        if (root.Text("version") is not ("1" or ""))
        {
            root.AddFault("version", "must be 1");
        }
        var vault = ReadVault(root.Section("vault"));
        var (policies, roster) = ReadPolicies(root);
        var options = new DaemonOptions
        {
            File = _file,
            Listen = ReadListen(root.Section("listen")),
            Tls = ReadTls(root.Section("tls")),
            Identities = ReadIdentities(root.Sections("identities")),
            Token = ReadToken(root.Section("token")),
            Vault = vault,
            Journal = ReadJournal(root.Section("journal")),
            Policies = policies,
            FirstRoster = roster,
            Limits = ReadLimits(root.Section("limits"), vault),
            Log = ReadLog(root.Section("log")),
        };
        root.RefuseUnknown();
        return options;
    }

    // Who decides on policies is one thing or the other: with both, neither would be sure to have approved what is in force.
    private (IReadOnlyList<PolicyPin> Pins, ApproverRoster? Roster) ReadPolicies(ConfigurationSection root)
    {
        var (hasPins, hasApprovers) = (root.Has("policies"), root.Has("approvers"));
        if (hasPins == hasApprovers)
        {
            root.AddFault("policies", "exactly one of policies (pinned here) and approvers (by a quorum) must be given");
        }
        return (
            hasPins ? new PolicyPinsReader(_folder).Read(root.Sections("policies")) : [],
            hasApprovers ? ApproversReader.Read(root.Section("approvers")) : null
        );
    }

    private static ListenSection ReadListen(ConfigurationSection section)
    {
        var addresses = new List<IPEndPoint>();
        var texts = section.Texts("addresses");
        foreach (var text in texts)
        {
            if (IPEndPoint.TryParse(text, out var address) && text.Contains(':', StringComparison.Ordinal) && !addresses.Contains(address))
            {
                addresses.Add(address);
            }
            else
            {
                section.AddFault("addresses", $"\"{text}\" is not an address with a port, or is repeated; example: 127.0.0.1:7443");
            }
        }
        if (texts.Count == 0)
        {
            section.AddFault("addresses", "must name at least one address");
        }
        var listen = new ListenSection(
            addresses,
            section.Number("max_connections", 1000, 1, 100_000),
            section.Number("max_connections_per_address", 200, 1, 100_000),
            section.Number("max_connections_per_identity", 100, 1, 100_000),
            section.Number("max_streams_per_connection", 100, 1, 1000),
            section.Seconds("max_connection_age_seconds", 3600, 60, 86_400)
        );
        section.RefuseUnknown();
        return listen;
    }

    private TlsSection ReadTls(ConfigurationSection section)
    {
        var tls = new TlsSection(
            ReadFile(section, "certificate", FileChecks.FindTrustFault),
            ReadFile(section, "private_key", FileChecks.FindSecretFault),
            ReadFile(section, "client_ca", FileChecks.FindTrustFault),
            section.OptionalText("refused_certificates") is null
                ? null
                : ReadFile(section, "refused_certificates", FileChecks.FindTrustFault),
            section.Seconds("reload_interval_seconds", 2, 1, 300)
        );
        section.RefuseUnknown();
        return tls;
    }

    private static Dictionary<string, Roles> ReadIdentities(IReadOnlyList<ConfigurationSection> sections)
    {
        var identities = new Dictionary<string, Roles>(StringComparer.Ordinal);
        foreach (var section in sections)
        {
            var uri = section.Text("uri");
            if (uri.Length > 0 && !CertificateIdentity.IsWellFormed(uri))
            {
                section.AddFault(
                    "uri",
                    "must be an absolute URI of printable ASCII without wildcards; example: spiffe://desk.example/trader/alice"
                );
            }
            var roles = Roles.None;
            foreach (var word in section.Texts("roles"))
            {
                var role = FindRole(word);
                if (role == Roles.None)
                {
                    section.AddFault("roles", $"\"{word}\" is not a role; roles are trader, operator, approver, auditor, settler");
                }
                roles |= role;
            }
            if (roles.HasFlag(Roles.Trader) && roles.HasFlag(Roles.Auditor))
            {
                section.AddFault("roles", "an auditor signs nothing: trader and auditor cannot be one identity");
            }
            if (IsMixed(roles))
            {
                section.AddFault(
                    "roles",
                    "who proposes, who approves and who signs are different identities: trader, operator and approver exclude each other"
                );
            }
            if (roles.HasFlag(Roles.Settler) && (roles.HasFlag(Roles.Trader) || roles.HasFlag(Roles.Auditor)))
            {
                section.AddFault("roles", "a settler gives back what others have signed for: it can be neither trader nor auditor");
            }
            if (!identities.TryAdd(uri, roles))
            {
                section.AddFault("uri", "is repeated");
            }
            section.RefuseUnknown();
        }
        return identities;
    }

    private static bool IsMixed(Roles roles) => int.PopCount((int)(roles & (Roles.Trader | Roles.Operator | Roles.Approver))) > 1;

    private static Roles FindRole(string word) =>
        word switch
        {
            "trader" => Roles.Trader,
            "operator" => Roles.Operator,
            "approver" => Roles.Approver,
            "auditor" => Roles.Auditor,
            "settler" => Roles.Settler,
            _ => Roles.None,
        };

    private TokenSection ReadToken(ConfigurationSection section)
    {
        var keys = new List<TokenKeyOptions>();
        foreach (var key in section.Sections("keys"))
        {
            var options = new TokenKeyOptions(key.Text("label", 128), key.OptionalText("id", 128)?.ToLowerInvariant());
            if (options.Id is { } id && (id.Length % 2 != 0 || !id.All(char.IsAsciiHexDigit)))
            {
                key.AddFault("id", "must be hexadecimal digits in pairs");
            }
            if (keys.Exists(other => other.Label == options.Label))
            {
                key.AddFault("label", "is repeated");
            }
            keys.Add(options);
            key.RefuseUnknown();
        }
        var pin = ReadPin(section);
        var token = new TokenSection(
            ReadFile(section, "module", FileChecks.FindTrustFault),
            section.Text("label", 32),
            section.OptionalText("serial", 16),
            pin.File,
            pin.Credential,
            keys,
            section.Seconds("call_timeout_seconds", 5, 1, 60),
            section.Flag("allow_extractable"),
            section.Flag("allow_software_token"),
            ReadModuleEnvironment(section.Section("module_environment"))
        );
        section.RefuseUnknown();
        return token;
    }

    private (string? File, string? Credential) ReadPin(ConfigurationSection section)
    {
        var hasFile = section.OptionalText("pin_file") is not null;
        var credential = section.OptionalText("pin_credential", 64);
        if (hasFile == credential is not null)
        {
            section.AddFault("pin_file", "exactly one of pin_file and pin_credential must be given");
            return default;
        }
        if (hasFile)
        {
            return (ReadFile(section, "pin_file", FileChecks.FindSecretFault), null);
        }
        var folder = _environment("CREDENTIALS_DIRECTORY");
        if (string.IsNullOrEmpty(folder) || credential!.Contains('/', StringComparison.Ordinal) || credential is "." or "..")
        {
            section.AddFault("pin_credential", "must name a credential (LoadCredential=) of the systemd unit that runs this process");
        }
        else if (FileChecks.FindFault(Path.Combine(folder, credential)) is { } fault)
        {
            section.AddFault("pin_credential", fault);
        }
        return (null, credential);
    }

    private Dictionary<string, string> ReadModuleEnvironment(ConfigurationSection section)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in (string[])["SOFTHSM2_CONF", "TPM2_PKCS11_STORE", "YUBIHSM_PKCS11_CONF"])
        {
            if (section.OptionalText(name, 4096) is { } value)
            {
                environment.Add(name, Path.GetFullPath(value, _folder));
            }
        }
        section.RefuseUnknown();
        return environment;
    }

    private static VaultSection ReadVault(ConfigurationSection section)
    {
        var vault = new VaultSection(section.Number("capacity", 1024, 1, 65_536), section.Flag("allow_degraded_memory"));
        section.RefuseUnknown();
        return vault;
    }

    private JournalSection ReadJournal(ConfigurationSection section)
    {
        var path = section.Text("path", 4096);
        var file = Path.GetFullPath(path, _folder);
        var origin = section.Text("origin", 128);
        if (origin.Any(c => c is <= ' ' or > '~' or '+'))
        {
            section.AddFault("origin", "must be printable ASCII without spaces or +");
        }
        section.RefuseUnknown();
        return new JournalSection(file, origin);
    }

    private static LimitsSection ReadLimits(ConfigurationSection section, VaultSection vault)
    {
        var limits = new LimitsSection(
            section.Number("max_open_sessions", Math.Min(1000, vault.Capacity), 1, 65_536),
            section.Number("max_open_sessions_per_principal", 100, 1, 65_536),
            section.Seconds("deadline_seconds", 10, 1, 60),
            section.Number("max_calls_per_identity", 512, 1, 65_536)
        );
        if (limits.MaxOpenSessions > vault.Capacity)
        {
            section.AddFault(
                "max_open_sessions",
                string.Create(CultureInfo.InvariantCulture, $"is more than vault.capacity ({vault.Capacity})")
            );
        }
        section.RefuseUnknown();
        return limits;
    }

    private static LogSection ReadLog(ConfigurationSection section)
    {
        var level = section.Word("level", "information", "trace", "debug", "information", "warning", "error");
        var format = section.Word("format", "text", "text", "json");
        section.RefuseUnknown();
        return new LogSection(Enum.Parse<LogLevel>(level, ignoreCase: true), format == "json");
    }

    private string ReadFile(ConfigurationSection section, string name, Func<string, string?> findFault)
    {
        var path = section.Text(name, 4096);
        if (path.Length == 0)
        {
            return "";
        }
        var file = Path.GetFullPath(path, _folder);
        if (findFault(file) is { } fault)
        {
            section.AddFault(name, fault);
        }
        return file;
    }
}
