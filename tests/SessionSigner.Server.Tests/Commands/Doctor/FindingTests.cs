using SessionSigner.Core;
using SessionSigner.Grants;
using SessionSigner.Pkcs11;
using SessionSigner.Vault;

namespace SessionSigner.Server.Tests;

/// <summary>No finding without a remedy, and the verdicts of what a test cannot break on its own machine.</summary>
public sealed class FindingTests : IDisposable
{
    private readonly DoctorFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void What_is_not_well_needs_a_remedy(string remedy)
    {
        Assert.Throws<ArgumentException>(() => Finding.Warn("subject", "text", remedy));
        Assert.Throws<ArgumentException>(() => Finding.Fail("subject", "text", remedy));
        Assert.Empty(typeof(Finding).GetConstructors());
        Assert.Equal(Verdict.Failed, default);
    }

    [Fact]
    public void Memory_that_is_not_given_is_a_failure()
    {
        var finding = MemoryExamination.Examine(() => throw new VaultUnavailableException("RLIMIT_MEMLOCK is 64 KiB"));
        Assert.Equal(Verdict.Failed, finding.Verdict);
        Assert.Equal("RLIMIT_MEMLOCK is 64 KiB", finding.Text);
        Assert.Contains("LimitMEMLOCK", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_root_can_read_is_a_warning()
    {
        var finding = MemoryExamination.Examine(() => new VaultState("mlock", Degraded: true, 8, 0, Undumpable: true));
        Assert.Equal(Verdict.Warning, finding.Verdict);
        Assert.Contains("memfd_secret", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_a_warning()
    {
        Assert.Equal(Verdict.Good, DiskExamination.Examine("data", 1L << 30).Verdict);
        var finding = DiskExamination.Examine("data", (1L << 30) - 1);
        Assert.Equal(Verdict.Warning, finding.Verdict);
        Assert.Contains("make room", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_of_a_token_has_a_remedy_of_its_own()
    {
        var token = _folder.Options().Token;
        TokenFault?[] faults =
        [
            null,
            .. Enum.GetValues<TokenFault>().Except([TokenFault.Unspecified, TokenFault.AlreadyExists]).Cast<TokenFault?>(),
        ];
        var remedies = faults.Select(fault => TokenRemedy.Of(fault, token)).ToList();
        Assert.Equal(remedies.Count, remedies.Distinct().Count());
        Assert.DoesNotContain(remedies, remedy => remedy.Contains("defect", StringComparison.Ordinal));
        Assert.Contains(token.PinFile!, TokenRemedy.Of(TokenFault.PinRefused, token), StringComparison.Ordinal);
        Assert.Contains(
            "credential pin",
            TokenRemedy.Of(TokenFault.PinFile, token with { PinFile = null, PinCredential = "pin" }),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(false, true, true, "Good")]
    [InlineData(true, true, true, "Warning")]
    [InlineData(false, false, true, "Warning")]
    [InlineData(false, true, false, "Warning")]
    public void A_key_that_can_leave_the_token_is_a_warning(bool extractable, bool sensitive, bool local, string verdict)
    {
        var finding = TokenExamination.ExamineKey(
            new PrimaryKey
            {
                Label = "primary-1",
                KeyId = default,
                PublicKey = new PublicKey(Curve.P256, new byte[33]),
                TokenLabel = "desk",
                TokenSerial = "1",
                TokenModel = "test",
                Sensitive = sensitive,
                Extractable = extractable,
                NeverExtractable = true,
                AlwaysSensitive = true,
                Local = local,
            }
        );
        Assert.Equal(verdict, finding.Verdict.ToString());
    }
}
