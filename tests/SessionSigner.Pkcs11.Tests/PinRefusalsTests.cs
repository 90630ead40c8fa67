using System.Text;

namespace SessionSigner.Pkcs11.Tests;

/// <summary>What is kept of PINs, with a token that answers what a test says.</summary>
public sealed class PinRefusalsTests : IDisposable
{
    private static readonly TokenDescription s_token = new("marked", "0042", "", 0, 0);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pin-marks-");
    private readonly PinRefusals _refusals;
    private int _asked;

    public PinRefusalsTests() => _refusals = new PinRefusals(_folder.FullName);

    private string Mark => Assert.Single(Directory.GetFiles(_folder.FullName, "pin-attempts-*"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void No_refused_PIN_is_tried_again_whatever_was_tried_between()
    {
        string[] pins = ["1111", "2222", "3333"];
        foreach (var pin in pins)
        {
            Assert.Equal(TokenFault.PinRefused, Fault(pin, ReturnValue.PinIncorrect));
        }
        foreach (var pin in pins.Concat(pins))
        {
            Assert.Equal(TokenFault.PinRefused, Fault(pin, ReturnValue.Ok));
        }
        Assert.Equal(3, _asked);
        Assert.Null(Fault("4444", ReturnValue.Ok));
        Assert.Equal(TokenFault.PinRefused, Fault("1111", ReturnValue.Ok));
        Assert.Equal(4, _asked);
    }

    [Fact]
    public void One_process_at_a_time_tries_a_PIN()
    {
        var refusal = Assert.Throws<TokenException>(() =>
            Ask(
                "1111",
                () =>
                {
                    Assert.Equal(TokenFault.Unavailable, Fault("1111", ReturnValue.Ok));
                    return ReturnValue.PinIncorrect;
                }
            )
        );
        Assert.Equal((TokenFault.PinRefused, 1), (refusal.Fault, _asked));
        Assert.Equal(TokenFault.PinRefused, Fault("1111", ReturnValue.Ok));
    }

    [Fact]
    public void A_token_that_has_refused_as_many_as_are_kept_is_asked_with_no_other_until_an_operator_removes_the_file()
    {
        for (var i = 0; i < PinMarks.CountMax; i++)
        {
            Assert.Equal(TokenFault.PinRefused, Fault($"wrong {i}", ReturnValue.PinIncorrect));
        }
        var refusal = Assert.Throws<TokenException>(() => LogIn("another", ReturnValue.Ok));
        Assert.Contains(
            $"16 others were refused or left without an answer, and no more is tried. Check the PIN, then delete {Mark}",
            refusal.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(TokenFault.PinRefused, Fault("wrong 0", ReturnValue.Ok));
        Assert.Equal(16, _asked);

        File.Delete(Mark);
        Assert.Null(Fault("another", ReturnValue.Ok));
    }

    [Theory]
    [InlineData(0x5)] // general error
    [InlineData(0x6)] // function failed
    [InlineData(0x7)] // arguments bad
    [InlineData(0x30)] // device error
    [InlineData(0x54)] // function not supported
    [InlineData(0xE1)] // token not recognised
    [InlineData(0x102)] // PIN not initialised
    [InlineData(0x80000001)] // the vendor's own
    [InlineData(0xFFFFFFFF)]
    public void A_code_that_may_concern_the_PIN_is_met_twice_at_most(uint code)
    {
        Assert.Throws<CryptokiException>(() => LogIn("1111", code));
        Assert.Throws<CryptokiException>(() => LogIn("1111", code));
        var refusal = Assert.Throws<TokenException>(() => LogIn("1111", code));
        Assert.Equal((TokenFault.PinRefused, 2), (refusal.Fault, _asked));
        Assert.Contains($"twice without a clear answer", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"then delete {Mark}", refusal.Message, StringComparison.Ordinal);
        // Another PIN is another matter, and does not wipe this one out.
        Assert.Null(Fault("2222", ReturnValue.Ok));
        Assert.Equal(TokenFault.PinRefused, Fault("1111", code));
        Assert.Equal(3, _asked);
    }

    [Theory]
    [InlineData(ReturnValue.SessionClosed)]
    [InlineData(ReturnValue.SessionCount)]
    [InlineData(ReturnValue.SessionHandleInvalid)]
    [InlineData(ReturnValue.TokenNotPresent)]
    [InlineData(ReturnValue.DeviceRemoved)]
    public void A_code_that_cannot_concern_the_PIN_is_no_attempt_and_settles_none(uint code)
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Throws<CryptokiException>(() => LogIn("1111", code));
        }
        Assert.Equal(0, new FileInfo(Mark).Length);
        Assert.Throws<CryptokiException>(() => LogIn("1111", 0x5));
        Assert.Throws<CryptokiException>(() => LogIn("1111", code));
        Assert.Throws<CryptokiException>(() => LogIn("1111", 0x5));
        Assert.Equal(TokenFault.PinRefused, Fault("1111", ReturnValue.Ok));
        Assert.Equal(8, _asked);
    }

    [Theory]
    [InlineData(ReturnValue.Ok)]
    [InlineData(ReturnValue.UserAlreadyLoggedIn)]
    public void A_login_settles_what_was_in_doubt(uint code)
    {
        Assert.Throws<CryptokiException>(() => LogIn("1111", 0x5));
        Assert.Null(Fault("1111", code));
        Assert.Equal(0, new FileInfo(Mark).Length);
        Assert.Throws<CryptokiException>(() => LogIn("1111", 0x5));
        Assert.Null(Fault("1111", code));
        Assert.Equal(4, _asked);
    }

    [Fact]
    public void An_attempt_that_the_process_did_not_survive_is_repeated_once()
    {
        Assert.Throws<InvalidOperationException>(() => Crash("1111"));
        Assert.Throws<InvalidOperationException>(() => Crash("1111"));
        Assert.Throws<TokenException>(() => Crash("1111"));
        Assert.Equal(2, _asked);
        Assert.Throws<InvalidOperationException>(() => Crash("2222"));

        // A line that was cut off says that the token was not asked; those before it still hold.
        var kept = File.ReadAllLines(Mark);
        foreach (var end in (string[])["trying_ 00", new string('\0', kept[1].Length + 1)])
        {
            File.WriteAllText(Mark, kept[0] + "\n" + end);
            Assert.Throws<TokenException>(() => Crash("1111"));
            Assert.Throws<InvalidOperationException>(() => Crash("2222"));
            Assert.Throws<InvalidOperationException>(() => Crash("2222"));
            Assert.Throws<TokenException>(() => Crash("2222"));
        }
    }

    [Fact]
    public void A_file_that_is_damaged_lets_no_PIN_be_tried()
    {
        Assert.Equal(TokenFault.PinRefused, Fault("1111", ReturnValue.PinIncorrect));
        Assert.Equal(TokenFault.PinRefused, Fault("2222", ReturnValue.PinIncorrect));
        var kept = File.ReadAllText(Mark);
        foreach (
            var damaged in (string[])["x" + kept[1..], kept[..8] + "xx" + kept[10..], kept + new string('0', 5000), kept.Replace(' ', '\0')]
        )
        {
            File.WriteAllText(Mark, damaged);
            var refusal = Assert.Throws<TokenException>(() => LogIn("3333", ReturnValue.Ok));
            Assert.Contains("it is damaged. No PIN is tried.", refusal.Message, StringComparison.Ordinal);
        }
        Assert.Equal(2, _asked);
    }

    private TokenFault? Fault(string pin, uint code)
    {
        try
        {
            LogIn(pin, code);
            return null;
        }
        catch (TokenException refusal)
        {
            return refusal.Fault;
        }
    }

    private void LogIn(string pin, uint code) => Ask(pin, () => code);

    private void Crash(string pin) => Ask(pin, () => throw new InvalidOperationException("stands for the end of the process"));

    private void Ask(string pin, Func<nuint> login)
    {
        var path = Path.Combine(_folder.FullName, "pin");
        File.WriteAllBytes(path, Encoding.ASCII.GetBytes(pin));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var source = new PinSource(path, null);
        using var read = source.Read();
        File.Delete(path);
        _refusals.LogInOnce(
            s_token,
            source,
            read,
            () =>
            {
                _asked++;
                return login();
            }
        );
    }
}
