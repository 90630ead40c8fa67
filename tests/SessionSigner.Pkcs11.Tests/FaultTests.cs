using SessionSigner.Core;
using SessionSigner.Grants;

namespace SessionSigner.Pkcs11.Tests;

/// <summary>Whatever the module answers: no unverified signature leaves, the error is of the closed list, and the token is used again when it is well.</summary>
[Collection(TokenCollection.Name)]
public sealed class FaultTests : IDisposable
{
    private const string Token = "faults";
    private const string Key = "faults-key";

    private static readonly uint[] s_codes =
    [
        0x2,
        0x5,
        0x6,
        0x7,
        0x30,
        0x31,
        0x32,
        0x50,
        0x54,
        0x60,
        0x82,
        0x90,
        0x91,
        0xA0,
        0xA4,
        0xB0,
        0xB1,
        0xB3,
        0xE0,
        0xE1,
        0x100,
        0x101,
        0x150,
        0x190,
        0x80000001,
    ];

    private readonly SoftHsm _softHsm;
    private readonly FaultyModule _module;

    public FaultTests(SoftHsm softHsm)
    {
        _softHsm = softHsm;
        softHsm.Token(Token);
        try
        {
            softHsm.Generate(Token, Key, Curve.Secp256k1);
            softHsm.Generate(Token, Key + "-r1", Curve.P256);
        }
        catch (TokenException exception) when (exception.Fault == TokenFault.AlreadyExists) { }
        var folder = softHsm.File_("shim");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _module = new FaultyModule(folder);
    }

    public void Dispose() => _module.Reset();

    [Theory]
    [InlineData(Position.SignInit)]
    [InlineData(Position.Sign)]
    public async Task Every_code_while_signing_is_unavailability_and_passes(Position position)
    {
        using var authority = Open();
        foreach (var code in s_codes)
        {
            _module.Fail(position, code, times: 1);
            var refusal = await Some.Refusal(() => Authorize(authority));
            Assert.Equal(ErrorCode.TokenUnavailable, refusal.Code);
            Assert.DoesNotContain("CKR", refusal.Message, StringComparison.Ordinal);
            await Authorize(authority);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_changed_signature_never_leaves(int change)
    {
        using var authority = Open();
        for (var key = 0; key < 2; key++)
        {
            _module.ChangeSignature(change);
            Assert.Equal(ErrorCode.TokenMisbehaved, (await Some.Refusal(() => Authorize(authority, key))).Code);
            _module.ChangeSignature(0);
            await Authorize(authority, key);
        }
    }

    [Fact]
    public async Task A_signature_by_another_key_never_leaves()
    {
        _softHsm.Token(Token);
        using var module = CryptokiModule.Open(SoftHsm.Module);
        var (slot, token) = TokenSearch.Find(module.Functions, Token, null);
        var session = module.Functions.OpenSession(slot, readWrite: false);
        TokenLogin.LogIn(module.Functions, session, token, new PinSource(_softHsm.PinFile, null), new PinRefusals(_softHsm.StateFolder));
        var objects = new KeyObjects(module.Functions, session);
        var key = objects.Read(new PrimaryKeySelector(Key), token, allowExtractable: false).PublicKey;
        var otherHandle = objects.Find(ObjectClass.PrivateKey, Key + "-r1", null)[0];

        var refusal = await Some.Refusal(() =>
            Task.FromResult(GrantSigner.Sign(module.Functions.Signing, session, otherHandle, key, Some.Grant(key)))
        );

        Assert.Equal(ErrorCode.TokenMisbehaved, refusal.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void A_digest_of_another_length_does_not_reach_the_token(int length)
    {
        using var module = CryptokiModule.Open(_module.Path);
        Assert.Throws<ArgumentException>(() => module.Functions.Signing.TrySign(0, 0, new byte[length], new byte[64]));
        Assert.Equal(0, _module.Calls(Position.SignInit) + _module.Calls(Position.Sign));
    }

    [Fact]
    public void Every_function_may_fail_at_start_and_the_next_start_is_well()
    {
        // A module that cannot be finalised stays as it is until the process ends; that is no start.
        foreach (var position in Enum.GetValues<Position>().Where(position => position != Position.Terminate))
        {
            foreach (var code in new uint[] { 0x5, 0x32 })
            {
                _module.Fail(position, code);
                try
                {
                    Open().Dispose();
                }
                catch (TokenException exception)
                {
                    Assert.True(
                        exception.Fault is TokenFault.Module or TokenFault.Unavailable or TokenFault.TokenNotFound,
                        $"{position}: {exception.Fault} {exception.Message}"
                    );
                }
                _module.Reset();
            }
        }
        Open().Dispose();
    }

    [Fact]
    public async Task Every_function_may_fail_while_a_lost_token_is_taken_back_and_it_still_comes_back()
    {
        using var authority = Open();
        foreach (var position in Enum.GetValues<Position>())
        {
            _module.Reset();
            // Signatures fail until the supervisor starts from C_Finalize; the function then fails once on that way.
            _module.Fail(position, 0x30, times: 1);
            _module.Fail(Position.SignInit, 0x30);
            while (_module.Calls(Position.Terminate) == 0)
            {
                Assert.Equal(ErrorCode.TokenUnavailable, (await Some.Refusal(() => Authorize(authority))).Code);
            }
            _module.Fail(Position.SignInit, 0x30, times: 1);
            await UntilSigned(authority);
        }
        Assert.True(_module.Calls(Position.Initialize) > 0);
    }

    [Fact]
    public async Task A_module_that_cannot_lock_is_called_by_one_thread_at_a_time()
    {
        _module.Fail(Position.Initialize, ReturnValue.CantLock, times: 1);
        using var authority = Open();
        Assert.Equal(2, _module.Calls(Position.Initialize));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Authorize(authority)));
    }

    [Fact]
    public void A_PIN_that_the_token_refuses_reaches_it_once()
    {
        _module.Fail(Position.Login, ReturnValue.PinIncorrect);
        var options = Options() with { PinFile = _softHsm.WritePin("refused-pin", "13371337") };
        for (var start = 0; start < 3; start++)
        {
            Assert.Equal(
                TokenFault.PinRefused,
                Assert.Throws<TokenException>(() => Pkcs11GrantAuthority.Open(options, TimeProvider.System)).Fault
            );
        }
        Assert.Equal(1, _module.Calls(Position.Login));
        Assert.Throws<TokenException>(() =>
            Pkcs11GrantAuthority.Open(options with { PinFile = _softHsm.WritePin("refused-pin", "13371338") }, TimeProvider.System)
        );
        Assert.Equal(2, _module.Calls(Position.Login));
    }

    [Theory]
    [InlineData(0x5)]
    [InlineData(0x6)]
    [InlineData(0x80000001)]
    public void A_module_that_refuses_by_a_code_of_its_own_is_asked_twice_at_most(uint code)
    {
        _module.Fail(Position.Login, code);
        var options = Options() with { PinFile = _softHsm.WritePin("vendor-pin", $"1337{code}") };
        TokenFault[] faults =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(_ => Assert.Throws<TokenException>(() => Pkcs11GrantAuthority.Open(options, TimeProvider.System)).Fault),
        ];
        Assert.Equal([TokenFault.Unavailable, TokenFault.Unavailable, TokenFault.PinRefused, TokenFault.PinRefused], faults);
        Assert.Equal(2, _module.Calls(Position.Login));
    }

    [Fact]
    public async Task A_module_that_refuses_by_a_code_of_its_own_after_a_loss_is_asked_twice_at_most()
    {
        using var authority = Open();
        _module.Fail(Position.Login, 0x80000001);
        var before = _module.Calls(Position.Login);
        _module.Fail(Position.GetTokenInfo, 0xE0, times: 3);
        await Until(() => _module.Calls(Position.Login) > before + 1);
        await Task.Delay(1500);
        Assert.Equal(before + 2, _module.Calls(Position.Login));
        foreach (var mark in Directory.EnumerateFiles(_softHsm.StateFolder))
        {
            File.Delete(mark); // this PIN is the right one, and other tests need it
        }
    }

    [Fact]
    public async Task A_PIN_that_is_refused_after_a_loss_is_not_tried_again()
    {
        using var authority = Open();
        _module.Fail(Position.Login, ReturnValue.PinIncorrect);
        var before = _module.Calls(Position.Login);
        _module.Fail(Position.GetTokenInfo, 0xE0, times: 3);
        await Until(() => _module.Calls(Position.Login) > before);
        await Task.Delay(1500);
        Assert.Equal(before + 1, _module.Calls(Position.Login));
        Assert.False(authority.IsAvailable(authority.PrimaryKeys[0]));
        foreach (var mark in Directory.EnumerateFiles(_softHsm.StateFolder))
        {
            File.Delete(mark); // this PIN is the right one, and other tests need it
        }
    }

    [Fact]
    public async Task Calls_that_do_not_return_are_given_up_and_open_the_breaker_until_they_do()
    {
        using var authority = Pkcs11GrantAuthority.Open(
            Options() with
            {
                CallTimeout = TimeSpan.FromMilliseconds(300),
                Workers = 2,
            },
            TimeProvider.System
        );
        _module.Delay(Position.Sign, 1500);
        var refusals = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Some.Refusal(() => Authorize(authority))));
        Assert.All(refusals, refusal => Assert.Equal(ErrorCode.TokenUnavailable, refusal.Code));

        // Both workers are inside the module: nobody waits in vain for a third.
        Assert.False(authority.IsAvailable(authority.PrimaryKeys[0]));
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(ErrorCode.TokenUnavailable, (await Some.Refusal(() => Authorize(authority))).Code);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMilliseconds(200));

        _module.Delay(Position.Sign, 0);
        await UntilSigned(authority);
        Assert.True(authority.IsAvailable(authority.PrimaryKeys[0]));
    }

    private Pkcs11Options Options() => _softHsm.Options(Token, Key, Key + "-r1") with { ModulePath = _module.Path };

    private Pkcs11GrantAuthority Open() => Pkcs11GrantAuthority.Open(Options(), TimeProvider.System);

    private static async Task Authorize(Pkcs11GrantAuthority authority, int key = 0)
    {
        var signed = await authority.AuthorizeAsync(Some.Grant(authority.PrimaryKeys[key].PublicKey), default);
        Assert.Equal(key == 0 ? 65 : 64, signed.Signature.Length);
    }

    private static async Task UntilSigned(Pkcs11GrantAuthority authority)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                await Authorize(authority);
                return;
            }
            catch (SignerException exception) when (exception.Code == ErrorCode.TokenUnavailable && i < 400)
            {
                await Task.Delay(25);
            }
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 400 && !condition(); i++)
        {
            await Task.Delay(25);
        }
        Assert.True(condition(), "It did not come to be within 10 s.");
    }
}
