using SessionSigner.Core.Tests;

namespace SessionSigner.Server.Tests;

public class ConfigurationTests
{
    [Fact]
    public void All_faults_are_reported_at_once_with_their_lines()
    {
        using var folder = new ConfigurationFolder();
        var text = folder
            .Reference.Replace("version: 1", "version: 2", StringComparison.Ordinal)
            .Replace("127.0.0.1:7443", "localhost", StringComparison.Ordinal)
            .Replace("roles: [operator]", "roles: [owner]", StringComparison.Ordinal)
            .Replace("  #capacity: 1024", "  capacity: 0", StringComparison.Ordinal)
            .Replace("  #max_connections: 1000", "  max_conections: 10", StringComparison.Ordinal)
            .Replace("tls/client-ca.pem", "tls/missing.pem", StringComparison.Ordinal);

        var (_, faults, _) = folder.Examine(text);

        Assert.Equal(
            ["identities[1].roles", "listen.addresses", "listen.max_conections", "tls.client_ca", "vault.capacity", "version"],
            faults.Select(fault => fault.Path).Order(StringComparer.Ordinal)
        );
        Assert.All(faults, fault => Assert.True(fault.Line > 0));
        var lines = text.Split('\n');
        Assert.Contains(
            "max_conections",
            lines[faults.Single(fault => fault.Path == "listen.max_conections").Line - 1],
            StringComparison.Ordinal
        );
        Assert.Equal(faults.Count, new ConfigurationException(faults).Message.Split(Environment.NewLine).Length);
    }

    [Fact]
    public void A_policy_with_another_digest_is_a_fault_that_names_both()
    {
        using var folder = new ConfigurationFolder();
        var wrong = "0x" + new string('1', 64);

        var (_, faults, _) = folder.Examine(folder.Reference.Replace(folder.Digest, wrong, StringComparison.Ordinal));

        var fault = Assert.Single(faults);
        Assert.Equal("policies[0].digest", fault.Path);
        Assert.Contains(wrong, fault.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Digest, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[trader, operator]")]
    [InlineData("[trader, approver]")]
    [InlineData("[operator, approver]")]
    [InlineData("[trader, operator, approver, auditor]")]
    public void Who_proposes_who_approves_and_who_signs_are_different_identities(string roles)
    {
        using var folder = new ConfigurationFolder();

        var (_, faults, _) = folder.Examine(folder.Reference.Replace("[operator]", roles, StringComparison.Ordinal));

        Assert.Contains(
            faults,
            fault => fault.Path == "identities[1].roles" && fault.Message.Contains("exclude each other", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Approvers_take_the_place_of_pinned_policies_and_both_together_are_refused()
    {
        using var folder = new ConfigurationFolder();
        using var dora = new SoftApprover("dora");
        using var erik = new SoftApprover("erik");
        var approvers =
            $"approvers:\n  threshold: 2\n  time_lock_seconds: 60\n  keys:\n    - name: dora\n      key: {dora.PublicKeyLine}\n    - name: erik\n      key: {erik.PublicKeyLine}\n";
        var pins = $"policies:\n  - file: policies/desk.yaml\n    digest: \"{folder.Digest}\"\n";
        var text = folder.Reference.Replace(pins, approvers, StringComparison.Ordinal);

        var (options, none, _) = folder.Examine(text);
        Assert.Empty(none);
        Assert.Empty(options!.Policies);
        Assert.Equal(SoftApprover.Roster(2, 60, dora, erik).Digest, options.FirstRoster!.Digest);
        Assert.Equal("policies", Assert.Single(folder.Examine(text + pins).Faults).Path);
        Assert.Equal("policies", Assert.Single(folder.Examine(text.Replace(approvers, "", StringComparison.Ordinal)).Faults).Path);
        foreach (
            var row in (string[][])
                [
                    ["threshold: 2", "threshold: 3", "approvers.keys"],
                    ["threshold: 2", "threshold: 0", "approvers.threshold"],
                    ["  threshold: 2\n", "", "approvers.threshold"],
                    ["time_lock_seconds: 60", "time_lock_seconds: 1209601", "approvers.time_lock_seconds"],
                    [erik.PublicKeyLine, dora.PublicKeyLine, "approvers.keys"],
                    [erik.PublicKeyLine, "ssh-rsa AAAA", "approvers.keys"],
                    ["name: erik", "name: dora", "approvers.keys"],
                    ["name: erik", "user: erik", "approvers.keys[1].user"],
                ]
        )
        {
            var (_, faults, _) = folder.Examine(text.Replace(row[0], row[1], StringComparison.Ordinal));
            Assert.Contains(faults, fault => fault.Path == row[2]);
        }
    }

    [Fact]
    public void A_changed_policy_no_longer_has_its_digest()
    {
        using var folder = new ConfigurationFolder();
        var file = folder.PathOf("policies/desk.yaml");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"1000000\"", "\"1000001\"", StringComparison.Ordinal));

        var (_, faults, _) = folder.Examine(folder.Reference);

        Assert.Equal("policies[0].digest", Assert.Single(faults).Path);
    }

    [Theory]
    [InlineData("secrets/token-pin", "token.pin_file")]
    [InlineData("tls/server.key", "tls.private_key")]
    public void A_secret_open_to_others_is_refused(string name, string path)
    {
        using var folder = new ConfigurationFolder();
        File.SetUnixFileMode(folder.PathOf(name), UnixFileMode.UserRead | UnixFileMode.GroupRead);

        var (_, faults, _) = folder.Examine(folder.Reference);

        Assert.Equal(path, Assert.Single(faults).Path);
    }

    [Theory]
    [InlineData("module.so", "token.module")]
    [InlineData("tls/server.pem", "tls.certificate")]
    [InlineData("tls/client-ca.pem", "tls.client_ca")]
    [InlineData("tls/refused.txt", "tls.refused_certificates")]
    [InlineData("sessionsignerd.yaml", "")]
    public void A_file_that_decides_what_is_trusted_and_that_others_may_change_or_replace_is_refused(string name, string path)
    {
        using var folder = new ConfigurationFolder();
        var file = folder.PathOf(name);
        var text = folder.Reference.Replace("#refused_certificates", "refused_certificates", StringComparison.Ordinal);
        Assert.Empty(folder.Examine(text).Faults);
        var mode = File.GetUnixFileMode(file);
        foreach (var open in (UnixFileMode[])[UnixFileMode.GroupWrite, UnixFileMode.OtherWrite])
        {
            File.SetUnixFileMode(file, mode | open);
            var fault = Assert.Single(folder.Examine(text).Faults);
            Assert.Equal(path, fault.Path);
            Assert.Contains("chmod go-w", fault.Message, StringComparison.Ordinal);
            File.SetUnixFileMode(file, mode);

            var parent = Path.GetDirectoryName(file)!;
            var parentMode = File.GetUnixFileMode(parent);
            File.SetUnixFileMode(parent, parentMode | open);
            Assert.Contains(folder.Examine(text).Faults, found => found.Path == path);
            File.SetUnixFileMode(parent, parentMode | open | UnixFileMode.StickyBit);
            Assert.Empty(folder.Examine(text).Faults);
            File.SetUnixFileMode(parent, parentMode);
        }
    }

    [Fact]
    public void A_file_of_another_user_is_refused()
    {
        using var folder = new ConfigurationFolder();
        var file = folder.PathOf("tls/client-ca.pem");
        if (ProcessNative.EffectiveUser() == 0)
        {
            using var chown = System.Diagnostics.Process.Start("chown", ["65534", Path.GetDirectoryName(file)!, file]);
            chown.WaitForExit();
            Assert.Equal(0, chown.ExitCode);
            Assert.Equal(
                "tls.client_ca",
                folder.Examine(folder.Reference).Faults.First(fault => fault.Path.EndsWith("_ca", StringComparison.Ordinal)).Path
            );
        }
        var owner = ProcessNative.OwnerOf(file);

        Assert.Null(FileChecks.FindChangeFault(file, owner));
        Assert.Contains("owned by another user", FileChecks.FindChangeFault(file, owner + 1), StringComparison.Ordinal);
        Assert.Contains("owned by another user", FileChecks.FindChangeFault(file, 0), StringComparison.Ordinal);
        Assert.Null(FileChecks.FindSecretFault(file, owner));
        Assert.Contains("secret of another user", FileChecks.FindSecretFault(file, owner + 1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: &x 1\nb: *x\n")]
    [InlineData("a: !!str 1\n")]
    [InlineData("version: 1\nversion: 1\n")]
    [InlineData("version: 1\n---\nversion: 1\n")]
    [InlineData("[1, 2]\n")]
    [InlineData("a: [\n")]
    [InlineData("")]
    public void What_is_not_one_plain_document_is_one_fault(string text)
    {
        using var folder = new ConfigurationFolder();

        var (options, faults, _) = folder.Examine(text);

        Assert.Null(options);
        Assert.Single(faults);
    }

    [Fact]
    public void A_value_that_is_a_secret_has_no_option()
    {
        using var folder = new ConfigurationFolder();

        var (_, faults, known) = folder.Examine(
            folder.Reference.Replace("  pin_file: secrets/token-pin", "  pin: 123456", StringComparison.Ordinal)
        );

        Assert.Contains(faults, fault => fault.Path == "token.pin");
        Assert.DoesNotContain(faults, fault => fault.Message.Contains("123456", StringComparison.Ordinal));
        Assert.DoesNotContain(
            known,
            path => path.EndsWith("pin", StringComparison.Ordinal) || path.Contains("password", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_systemd_credential_is_found_in_its_folder()
    {
        using var folder = new ConfigurationFolder();
        var text = folder.Reference.Replace("  pin_file: secrets/token-pin", "  pin_credential: token-pin", StringComparison.Ordinal);

        Assert.Single(folder.Examine(text).Faults);
        Assert.Empty(folder.Examine(text, _ => folder.PathOf("secrets")).Faults);
        Assert.Single(
            folder.Examine(text.Replace("l: token-pin", "l: ../token-pin", StringComparison.Ordinal), _ => folder.PathOf("secrets")).Faults
        );
    }

    [Theory]
    [InlineData("spiffe://desk/trader", true)]
    [InlineData("https://desk.example/bots/7", true)]
    [InlineData("spiffe://desk/*", false)]
    [InlineData("spiffe://desk/a/../b", false)]
    [InlineData("spiffe:///trader", false)]
    [InlineData("spiffe://desk/tra der", false)]
    [InlineData("spiffe://desk/tr\u00e4der", false)]
    [InlineData("spiffe://desk/x\n", false)]
    [InlineData("CN=trader", false)]
    [InlineData("", false)]
    public void An_identity_is_a_plain_URI(string text, bool isWellFormed) =>
        Assert.Equal(isWellFormed, CertificateIdentity.IsWellFormed(text));
}
