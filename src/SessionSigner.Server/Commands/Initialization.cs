using System.Globalization;
using System.Net;
using System.Text;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Grants;
using SessionSigner.Pkcs11;

namespace SessionSigner.Server;

/// <summary>Carries out init: token, primary key, certificates, policy, configuration, in this order. Deletes nothing, also when it fails.</summary>
internal sealed class Initialization(InitPlan plan, IPEndPoint listen, TimeProvider clock)
{
    private static readonly string[] Roles = ["trader", "operator", "approver", "auditor"];

    /// <summary>Does all.</summary>
    /// <exception cref="StartException">With what to do about it.</exception>
    public InitializationResult Run()
    {
        // 0. A faulty policy is said before a token is touched, which cannot be undone.
        if (plan.Policy is not null)
        {
            _ = ReadPolicy(plan.Policy);
        }
        var roster = plan.Roster is null ? null : ReadRoster(plan.Roster);
        var folder = PrivateFolder.Create(plan.Folder);
        folder.MakeFolder("data");

        // 1. Token and primary key.
        var primaryKey = MakeKey(folder);
        try
        {
            return Complete(folder, primaryKey, roster);
        }
        catch (Exception exception) when (exception is StartException or IOException or UnauthorizedAccessException)
        {
            // The token stays as it is now, so whoever tries again has to know of it.
            throw new StartException(
                (exception as StartException)?.ExitCode ?? ExitCodes.Found,
                $"{exception.Message} Made before that, and left: token {primaryKey.TokenLabel} (serial {primaryKey.TokenSerial}) with the key {primaryKey.Label}.",
                exception
            );
        }
    }

    private InitializationResult Complete(PrivateFolder folder, PrimaryKey primaryKey, ApproverRoster? roster)
    {
        var address =
            primaryKey.PublicKey.Curve == Curve.Secp256k1 ? Address.FromPublicKey(primaryKey.PublicKey.Compressed.Span).ToString() : "";

        // 2. Certificates.
        var (authority, server, clients) = MakeCertificates(folder);

        // 3. Policy and configuration, read back as the daemon will.
        var (policyFile, policy) = MakePolicy(folder, address);
        var file = folder.Write("sessionsignerd.yaml", Configuration(roster is null ? Pins(policy) : Approvers(roster)));
        Check(file);
        return new InitializationResult
        {
            Folder = folder.Root,
            Configuration = file,
            PrimaryKey = primaryKey,
            Address = address,
            Authority = authority,
            Server = server,
            Clients = clients,
            PolicyFile = policyFile,
            Policy = policy,
            Roster = roster,
            SecretsToMove = [folder.PathOf("secrets/token-so-pin"), authority.Key, .. clients.Select(client => client.Files.Key)],
        };
    }

    private PrimaryKey MakeKey(PrivateFolder folder)
    {
        folder.MakeFolder("secrets");
        var securityOfficerPin = folder.WritePin("secrets/token-so-pin");
        var userPin = folder.WritePin("secrets/token-pin");
        if (IsSoftHsm)
        {
            var tokens = folder.MakeFolder("tokens");
            var configuration = folder.Write(
                "softhsm2.conf",
                $"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
            );
            TokenAccess.SetModuleEnvironment(new Dictionary<string, string> { ["SOFTHSM2_CONF"] = configuration });
        }
        try
        {
            var token = TokenInitializer.Initialize(
                new TokenInitializationOptions
                {
                    ModulePath = plan.Module,
                    Label = plan.TokenLabel,
                    SecurityOfficerPinFile = securityOfficerPin,
                    UserPinFile = userPin,
                }
            );
            return KeyGenerator.Generate(
                new KeyGenerationOptions
                {
                    ModulePath = plan.Module,
                    TokenLabel = plan.TokenLabel,
                    TokenSerial = token.Serial,
                    PinFile = userPin,
                    StateDirectory = folder.PathOf("data"),
                    Label = plan.KeyLabel,
                    Curve = plan.Curve,
                }
            );
        }
        catch (TokenException exception)
        {
            throw new StartException(ExitCodes.Token, exception.Message, exception);
        }
    }

    private (CertificatePair Authority, CertificatePair Server, IReadOnlyList<InitializedClient> Clients) MakeCertificates(
        PrivateFolder folder
    )
    {
        folder.MakeFolder("tls");
        using var authority = TrialAuthority.Create("SessionSigner trial authority", clock);
        var root = WritePair("client-ca", (authority.RootPem, authority.RootKeyPem()));
        var server = WritePair(
            "server",
            authority.IssueServer(["localhost"], [listen.Address, IPAddress.Loopback, IPAddress.IPv6Loopback])
        );
        return (root, server, [.. Roles.Select(MakeClient)]);

        InitializedClient MakeClient(string role)
        {
            var files = WritePair(role, authority.IssueClient(IdentityOf(role)));
            var profile = folder.Write(
                $"{role}.profile",
                $"# sessionsigner --profile {role}.profile\naddress: https://localhost:{listen.Port}\ncertificate: tls/{role}.pem\nkey: tls/{role}.key\nca: tls/client-ca.pem\n"
            );
            return new InitializedClient(role, IdentityOf(role), files, profile);
        }

        CertificatePair WritePair(string name, (string CertificatePem, string KeyPem) pair) =>
            new(folder.Write($"tls/{name}.pem", pair.CertificatePem), folder.Write($"tls/{name}.key", pair.KeyPem));
    }

    private (string File, Policy Policy) MakePolicy(PrivateFolder folder, string address)
    {
        folder.MakeFolder("policies");
        var text = plan.Policy is null ? ExamplePolicy.Create(IdentityOf("trader"), plan.KeyLabel, address) : File.ReadAllText(plan.Policy);
        var file = folder.Write("policies/policy.yaml", text);
        return (file, ReadPolicy(file));
    }

    private static Policy ReadPolicy(string file) =>
        PolicyFile.TryRead(file, out var policy, out var faults)
            ? policy
            : throw new StartException(ExitCodes.Configuration, $"{file}: {string.Join($"{Environment.NewLine}{file}: ", faults)}");

    private static ApproverRoster ReadRoster(string file) =>
        ApproverRoster.TryParse(ReadBounded(file), out var roster, out var faults)
            ? roster
            : throw new StartException(ExitCodes.Configuration, $"{file}: {string.Join($"{Environment.NewLine}{file}: ", faults)}");

    private static byte[] ReadBounded(string file) =>
        new FileInfo(file).Length <= StrictJson.SizeMax
            ? File.ReadAllBytes(file)
            : throw new StartException(ExitCodes.Configuration, $"{file} is longer than a roster can be.");

    private static void Check(string file)
    {
        try
        {
            _ = DaemonOptionsReader.Read(file);
        }
        catch (ConfigurationException exception)
        {
            throw new StartException(ExitCodes.Configuration, exception.Message, exception);
        }
    }

    private bool IsSoftHsm => Path.GetFileName(plan.Module).Contains("softhsm", StringComparison.OrdinalIgnoreCase);

    private string IdentityOf(string role) => $"spiffe://{plan.TrustDomain}/{role}";

    private static string Pins(Policy policy) =>
        $"""
            policies:
              - file: policies/policy.yaml
                digest: "{policy.Digest}"

            """;

    private static string Approvers(ApproverRoster roster)
    {
        var text = new StringBuilder("approvers:\n");
        text.Append(CultureInfo.InvariantCulture, $"  threshold: {roster.Threshold}\n");
        text.Append(CultureInfo.InvariantCulture, $"  time_lock_seconds: {roster.TimeLockSeconds}\n  keys:\n");
        foreach (var approver in roster.Approvers)
        {
            text.Append(CultureInfo.InvariantCulture, $"    - name: \"{approver.Name}\"\n      key: {approver.Key}\n");
            text.Append(approver.UserVerification ? "      user_verification: true\n" : "");
        }
        return text.ToString();
    }

    private string Configuration(string policies) =>
        $"""
            # Written by sessionsignerd init. deploy/config/sessionsignerd.yaml describes every option.
            version: 1
            listen:
              addresses: ["{listen}"]
            tls:
              certificate: tls/server.pem
              private_key: tls/server.key
              client_ca: tls/client-ca.pem
            identities:
              - uri: {IdentityOf("trader")}
                roles: [trader]
              - uri: {IdentityOf("operator")}
                roles: [operator]
              - uri: {IdentityOf("approver")}
                roles: [approver]
              - uri: {IdentityOf("auditor")}
                roles: [auditor]
            token:
              module: {plan.Module}
              label: "{plan.TokenLabel}"
              pin_file: secrets/token-pin
              keys:
                - label: "{plan.KeyLabel}"
            {(IsSoftHsm ? "  module_environment:\n    SOFTHSM2_CONF: softhsm2.conf\n  allow_software_token: true\n" : "")}vault:
              capacity: 1024
              allow_degraded_memory: {(plan.AllowDegradedMemory ? "true" : "false")}
            journal:
              path: data/journal.db
              origin: {plan.TrustDomain}/sessionsigner
            {policies}
            """;
}
