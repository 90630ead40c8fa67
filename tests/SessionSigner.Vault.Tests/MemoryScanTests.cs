using System.Security.Cryptography;
using Xunit.Abstractions;

namespace SessionSigner.Vault.Tests;

/// <summary>A session key exists nowhere but in the arena, and after its end nowhere at all.</summary>
public class MemoryScanTests(ITestOutputHelper output)
{
    private const int Signatures = 500;

    [Fact]
    public void A_key_that_has_signed_is_nowhere_else_while_open_and_nowhere_at_all_once_closed()
    {
        using var scanned = new ScannedProcess();
        var publicKey = scanned.Ask("generate");
        var signed = scanned.Ask($"sign {Signatures}").Split(' ').Select(Convert.FromHexString).ToArray();
        var needles = Needles.OfKeyAndNonces(scanned.ReadScalar(publicKey), signed);

        var (found, unreadable) = MemoryScan.Memory(scanned.Id, needles);
        Assert.Empty(found);
        Assert.Contains(unreadable, name => name.Contains("secretmem", StringComparison.Ordinal));
        Assert.Empty(MemoryScan.CoreImage(scanned.Id, needles));

        Assert.Equal("closed", scanned.Ask("close"));

        Assert.All(scanned.ReadArena(), value => Assert.Equal(0, value));
        Assert.Empty(MemoryScan.Memory(scanned.Id, needles).Found);
        Assert.Empty(MemoryScan.CoreImage(scanned.Id, needles));
    }

    [Fact]
    public void A_key_is_gone_from_the_stacks_as_soon_as_signing_pauses()
    {
        using var scanned = new ScannedProcess();
        var publicKey = scanned.Ask("generate");
        scanned.Ask("sign-on");
        var needles = Needles.Of(scanned.ReadScalar(publicKey));

        // While libsecp256k1 runs it holds the scalar on its stack: the promise is for the time between operations.
        var during = Enumerable.Range(0, 3).SelectMany(_ => MemoryScan.Memory(scanned.Id, needles).Found).ToList();
        var signatures = scanned.Ask("sign-off");
        output.WriteLine($"During {signatures} signatures three scans saw: {string.Join(", ", during)}.");

        Assert.Empty(MemoryScan.Memory(scanned.Id, needles).Found);
    }

    [Fact]
    public void A_planted_control_is_found_in_every_encoding()
    {
        using var scanned = new ScannedProcess();
        var control = RandomNumberGenerator.GetBytes(32);
        scanned.Ask("plant " + Convert.ToHexStringLower(control));
        var needles = Needles.Of(control);
        var encodings = needles.Select(needle => needle.Encoding).Order().ToArray();

        Assert.Equal(encodings, MemoryScan.Memory(scanned.Id, needles).Found.Distinct().Order());
        Assert.Equal(encodings, MemoryScan.CoreImage(scanned.Id, needles).Distinct().Order());
    }

    [Fact]
    public void Closing_the_vault_takes_the_mapping_away()
    {
        using var scanned = new ScannedProcess();
        scanned.Ask("generate");
        Assert.Contains(File.ReadLines($"/proc/{scanned.Id}/maps"), line => line.Contains("secretmem", StringComparison.Ordinal));

        scanned.Ask("dispose");

        Assert.DoesNotContain(File.ReadLines($"/proc/{scanned.Id}/maps"), line => line.Contains("secretmem", StringComparison.Ordinal));
    }
}
