using Google.Protobuf;
using SessionSigner.V1;

namespace SessionSigner.Client.Tests;

/// <summary>Signatures of user operations are checked against what was asked for.</summary>
public sealed class UserOperationVerificationTests : IAsyncLifetime
{
    private readonly FakeDaemon _daemon = new();
    private SessionSignerClient _client = null!;
    private SignerSession _session = null!;

    public async Task InitializeAsync()
    {
        await _daemon.InitializeAsync();
        _client = SessionSignerClient.Connect(_daemon.Options);
        _session = await _client.OpenSessionAsync(new OpenSessionOptions { Policy = "desk" });
    }

    public Task DisposeAsync()
    {
        _client.Dispose();
        return _daemon.DisposeAsync();
    }

    [Theory]
    [InlineData(UserOperationSignatureForm.Hash, EntryPointVersion.V07)]
    [InlineData(UserOperationSignatureForm.Hash, EntryPointVersion.V08)]
    [InlineData(UserOperationSignatureForm.PersonalMessage, EntryPointVersion.V09)]
    public async Task An_honest_signature_verifies(UserOperationSignatureForm form, EntryPointVersion version)
    {
        var answer = await _session.SignUserOperationAsync(Operation(form, version));
        Assert.InRange(answer.Signature[64], 27, 28);
        Assert.Equal(form == UserOperationSignatureForm.Hash, answer.Digest == answer.UserOperationHash);
        Assert.NotNull(await _client.EvaluateUserOperationAsync(_session.SessionId, Operation(form, version)));
    }

    [Fact]
    public async Task A_signature_by_another_key_is_refused()
    {
        _daemon.Behaviour.SigningKey = FakeKeys.OtherPrivateKey;
        await RefusesAsync("session key");
    }

    [Fact]
    public async Task What_is_not_what_was_asked_for_is_refused()
    {
        Tamper(answer => answer.Signature = Flip(answer.Signature, 20));
        await RefusesAsync("session key");
        Tamper(answer => answer.Signature = ByteString.CopyFrom(answer.Signature.Span[..64]));
        await RefusesAsync("64 bytes");
        Tamper(answer => answer.Digest = Flip(answer.Digest, 0));
        await RefusesAsync("digest");
        Tamper(answer => answer.UserOperationHash = Flip(answer.UserOperationHash, 31));
        await RefusesAsync("hash");
    }

    [Fact]
    public async Task The_other_form_is_refused()
    {
        var personal = await _session.SignUserOperationAsync(Operation(UserOperationSignatureForm.PersonalMessage));
        Tamper(answer => answer.MergeFrom(new SignUserOperationResponse { Signature = personal.Signature, Digest = personal.Digest }));
        await RefusesAsync("digest");
    }

    private static UserOperationInput Operation(
        UserOperationSignatureForm form = UserOperationSignatureForm.Hash,
        EntryPointVersion version = EntryPointVersion.V07
    ) =>
        new()
        {
            Json = TestPayloads.UserOperation,
            Chain = "1",
            EntryPoint = "0x0000000071727De22E5E9d8BAf0edAc6f37da032",
            EntryPointVersion = version,
            SignatureForm = form,
        };

    private static ByteString Flip(ByteString bytes, int index)
    {
        var changed = bytes.ToByteArray();
        changed[index] ^= 1;
        return ByteString.CopyFrom(changed);
    }

    private void Tamper(Action<SignUserOperationResponse> tamper) =>
        _daemon.Behaviour.Tamper = message =>
        {
            if (message is SignUserOperationResponse answer)
            {
                tamper(answer);
            }
        };

    private async Task RefusesAsync(string naming)
    {
        var refusal = await Assert.ThrowsAsync<SignerVerificationException>(() => _session.SignUserOperationAsync(Operation()));
        Assert.Contains(refusal.Faults, fault => fault.Contains(naming, StringComparison.Ordinal));
    }
}
