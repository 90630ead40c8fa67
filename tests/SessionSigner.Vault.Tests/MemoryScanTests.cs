using System.Security.Cryptography;
using SessionSigner.Ethereum;
using Xunit.Abstractions;

namespace SessionSigner.Vault.Tests;

/// <summary>A session key exists nowhere but in the arena, and after its end nowhere at all.</summary>
public class MemoryScanTests(ITestOutputHelper output)
{
    private const int Signatures = 500;
    private const int Rounds = 20;

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
        Assert.DoesNotContain(scanned.ReadSecretMemory(), memory => HasAny(memory, needles));
        Assert.Empty(MemoryScan.Memory(scanned.Id, needles).Found);
        Assert.Empty(MemoryScan.CoreImage(scanned.Id, needles));
    }

    [Fact]
    public void A_key_that_is_signing_is_nowhere_else_either()
    {
        using var scanned = new ScannedProcess();
        var publicKey = scanned.Ask("generate");
        var signed = scanned.Ask("sign-on").Split(' ').Select(Convert.FromHexString).ToArray();
        var needles = Needles.OfKeyAndNonces(scanned.ReadScalar(publicKey), signed);
        var inside = 0;

        for (var round = 0; round < Rounds; round++)
        {
            Assert.Empty(MemoryScan.StoppedMemory(scanned.Id, needles));
            inside += scanned.ReadSecretMemory().Any(memory => memory.Length == KeyStack.Size && HasAny(memory, needles)) ? 1 : 0;
        }
        Assert.Empty(MemoryScan.CoreImage(scanned.Id, needles));
        output.WriteLine(
            $"{scanned.Ask("sign-off")} signatures; in {inside} of {Rounds} rounds the key was seen on the stacks in secret memory."
        );

        // The control: what is searched for does get written while signing, and the stacks in secret memory is where.
        Assert.True(inside > 0);
        Assert.DoesNotContain(scanned.ReadSecretMemory(), memory => memory.Length == KeyStack.Size && HasAny(memory, needles));
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

    private static bool HasAny(byte[] memory, IReadOnlyList<Needle> needles) =>
        needles.Any(needle => memory.AsSpan().IndexOf(needle.Bytes) >= 0);
}
