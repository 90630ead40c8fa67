using SessionSigner.Grants;

namespace SessionSigner.Pkcs11.Tests;

/// <summary>A PIN comes from a file that nobody else can read, and a refused one is tried exactly once.</summary>
[Collection(TokenCollection.Name)]
public class PinTests(SoftHsm softHsm)
{
    private const string Token = "pins";
    private const string Key = "pins-key";

    [Fact]
    public void A_refused_PIN_is_remembered_across_restarts_until_the_file_changes()
    {
        Prepare();
        var path = softHsm.WritePin("changing-pin", "00000000\n");
        var options = softHsm.Options(Token, Key) with { PinFile = path, StateDirectory = NewState() };

        var first = Refused(options);
        Assert.Contains("CKR_PIN_INCORRECT", first.Message, StringComparison.Ordinal);
        Assert.Contains("Put the right PIN into the file", first.Message, StringComparison.Ordinal);

        // The second refusal comes from the mark: the token has seen one wrong PIN, not two.
        AssertFromMark(Refused(options));
        Assert.DoesNotContain("00000000", first.Message + File.ReadAllText(Mark(options)), StringComparison.Ordinal);

        softHsm.WritePin("changing-pin", "11111111\n");
        Assert.Contains("CKR_PIN_INCORRECT", Refused(options).Message, StringComparison.Ordinal);
        softHsm.WritePin("changing-pin", "00000000\n");
        AssertFromMark(Refused(options));

        // The right one is taken and leaves nothing of itself; those that were refused stay so.
        softHsm.WritePin("changing-pin", SoftHsm.Pin);
        Pkcs11GrantAuthority.Open(options, TimeProvider.System).Dispose();
        Pkcs11GrantAuthority.Open(options, TimeProvider.System).Dispose();
        Assert.Equal(2, File.ReadAllLines(Mark(options)).Count(line => line.StartsWith("refused", StringComparison.Ordinal)));
        foreach (var pin in (string[])["00000000\n", "11111111\n"])
        {
            softHsm.WritePin("changing-pin", pin);
            AssertFromMark(Refused(options));
        }
    }

    [Fact]
    public void A_PIN_that_is_right_at_once_leaves_no_mark()
    {
        Prepare();
        var options = softHsm.Options(Token, Key) with { StateDirectory = NewState() };
        Pkcs11GrantAuthority.Open(options, TimeProvider.System).Dispose();
        Assert.Equal(0, new FileInfo(Mark(options)).Length);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherExecute)]
    public void A_PIN_file_that_others_may_read_is_refused(UnixFileMode mode)
    {
        var path = softHsm.WritePin("open-pin", SoftHsm.Pin, mode);
        var refusal = Assert.Throws<TokenException>(() =>
            Pkcs11GrantAuthority.Open(softHsm.Options(Prepare(), Key) with { PinFile = path }, TimeProvider.System)
        );
        Assert.Equal(TokenFault.PinFile, refusal.Fault);
        Assert.Contains("chmod 0400", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public void A_PIN_file_may_end_with_one_newline(string end)
    {
        var path = softHsm.WritePin("ended-pin", SoftHsm.Pin + end);
        using var authority = Pkcs11GrantAuthority.Open(softHsm.Options(Prepare(), Key) with { PinFile = path }, TimeProvider.System);
        Assert.Single(authority.PrimaryKeys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("two\nlines")]
    [InlineData("48151623\n\n")]
    [InlineData("nul\0byte")]
    public void A_PIN_file_without_exactly_one_line_is_refused(string content)
    {
        var path = softHsm.WritePin("odd-pin", content);
        Assert.Equal(
            TokenFault.PinFile,
            Assert
                .Throws<TokenException>(() =>
                    Pkcs11GrantAuthority.Open(softHsm.Options(Prepare(), Key) with { PinFile = path }, TimeProvider.System)
                )
                .Fault
        );
    }

    [Theory]
    [InlineData(256)]
    [InlineData(100_000)]
    public void A_PIN_file_that_is_too_long_is_refused(int length)
    {
        var path = softHsm.WritePin("long-pin", new string('1', length));
        Assert.Equal(TokenFault.PinFile, Assert.Throws<TokenException>(() => Pin.Read(path, groupMayRead: false)).Fault);
    }

    [Fact]
    public void A_missing_PIN_file_is_named()
    {
        var refusal = Assert.Throws<TokenException>(() =>
            Pkcs11GrantAuthority.Open(softHsm.Options(Prepare(), Key) with { PinFile = "/nonexistent/pin" }, TimeProvider.System)
        );
        Assert.Equal(TokenFault.PinFile, refusal.Fault);
        Assert.Contains("/nonexistent/pin", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_systemd_credential_may_be_group_readable_because_its_folder_is_not()
    {
        Prepare();
        softHsm.WritePin("credential", SoftHsm.Pin, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", Path.GetDirectoryName(softHsm.PinFile));
        var options = softHsm.Options(Token, Key) with { PinFile = null, PinCredential = "credential" };

        using (var authority = Pkcs11GrantAuthority.Open(options, TimeProvider.System))
        {
            Assert.Single(authority.PrimaryKeys);
        }

        foreach (var name in new[] { "../credential", "", ".." })
        {
            Assert.Equal(
                TokenFault.Options,
                Assert
                    .Throws<TokenException>(() => Pkcs11GrantAuthority.Open(options with { PinCredential = name }, TimeProvider.System))
                    .Fault
            );
        }
        Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", null);
        Assert.Equal(
            TokenFault.PinFile,
            Assert.Throws<TokenException>(() => Pkcs11GrantAuthority.Open(options, TimeProvider.System)).Fault
        );
    }

    [Fact]
    public void A_state_folder_that_others_may_write_is_refused()
    {
        var folder = softHsm.File_("open-state");
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        var options = softHsm.Options(Token, Key) with { StateDirectory = folder };
        Assert.Equal(
            TokenFault.Options,
            Assert.Throws<TokenException>(() => Pkcs11GrantAuthority.Open(options, TimeProvider.System)).Fault
        );
    }

    private static TokenException Refused(Pkcs11Options options)
    {
        var refusal = Assert.Throws<TokenException>(() => Pkcs11GrantAuthority.Open(options, TimeProvider.System));
        Assert.Equal(TokenFault.PinRefused, refusal.Fault);
        return refusal;
    }

    private static void AssertFromMark(TokenException refusal)
    {
        Assert.Contains("before; it is not tried again", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CKR_", refusal.Message, StringComparison.Ordinal);
    }

    private static string Mark(Pkcs11Options options) => Directory.EnumerateFiles(options.StateDirectory, "pin-attempts-*").Single();

    private string NewState()
    {
        var folder = softHsm.File_($"state-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    private string Prepare()
    {
        softHsm.Token(Token);
        try
        {
            softHsm.Generate(Token, Key, Curve.P256);
        }
        catch (TokenException exception) when (exception.Fault == TokenFault.AlreadyExists) { }
        return Token;
    }
}
