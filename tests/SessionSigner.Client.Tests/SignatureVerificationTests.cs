using System.Text;
using Google.Protobuf;
using SessionSigner.Ethereum;
using SessionSigner.V1;

namespace SessionSigner.Client.Tests;

public sealed class SignatureVerificationTests : IAsyncLifetime
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

    [Fact]
    public async Task Honest_signatures_verify()
    {
        var transaction = await _session.SignTransactionAsync(TestPayloads.Transaction);
        Assert.Equal(Keccak256.Hash(transaction.SignedTransaction.Span).ToArray(), transaction.TransactionHash.ToByteArray());

        var typedData = await _session.SignTypedDataAsync(Encoding.UTF8.GetBytes(TestPayloads.TypedData));
        Assert.InRange(typedData.Signature[64], 27, 28);

        var message = await _session.SignMessageAsync("Quote 1");
        Assert.InRange(message.Signature[64], 27, 28);
        var digest = await _session.SignDigestAsync(Keccak256.Hash("any"u8));
        Assert.InRange(digest.Signature[64], 0, 1);
    }

    [Fact]
    public async Task Messages_and_digests_are_verified_like_everything_else()
    {
        Tamper<SignMessageResponse>(a => a.Digest = Flip(a.Digest, 0));
        await Assert.ThrowsAsync<SignerVerificationException>(() => _session.SignMessageAsync("Quote 1"));
        Tamper<SignMessageResponse>(a => a.Signature = Flip(a.Signature, 40));
        await Assert.ThrowsAsync<SignerVerificationException>(() => _session.SignMessageAsync("Quote 1"));
        Tamper<SignDigestResponse>(a => a.Signature = Flip(a.Signature, 40));
        await Assert.ThrowsAsync<SignerVerificationException>(() => _session.SignDigestAsync(Keccak256.Hash("any"u8)));
        _daemon.Behaviour.Tamper = _ => { };
        _daemon.Behaviour.SigningKey = FakeKeys.OtherPrivateKey;
        await Assert.ThrowsAsync<SignerVerificationException>(() => _session.SignMessageAsync("Quote 1"));
        await Assert.ThrowsAsync<SignerVerificationException>(() => _session.SignDigestAsync(Keccak256.Hash("any"u8)));
    }

    [Fact]
    public async Task Half_a_surrogate_is_not_sent()
    {
        await Assert.ThrowsAsync<EncoderFallbackException>(() => _session.SignMessageAsync("Quote \ud800"));
        Assert.Single(_daemon.Behaviour.RequestIds);
    }

    [Fact]
    public async Task A_signature_by_another_key_is_refused()
    {
        _daemon.Behaviour.SigningKey = FakeKeys.OtherPrivateKey;
        await RefusesTransaction("session key");
        await RefusesTypedData("session key");
    }

    [Fact]
    public async Task A_signature_over_another_payload_is_refused()
    {
        var signature = ByteString.CopyFrom(FakeKeys.Sign(FakeKeys.SessionPrivateKey, Keccak256.Hash("another"u8), 0));
        Tamper<SignTransactionResponse>(a => a.Signature = signature);
        await RefusesTransaction("session key");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(63)]
    [InlineData(64)]
    public async Task A_flipped_bit_of_the_signature_is_refused(int index)
    {
        Tamper<SignTransactionResponse>(a => a.Signature = Flip(a.Signature, index));
        await Assert.ThrowsAsync<SignerVerificationException>(() => _session.SignTransactionAsync(TestPayloads.Transaction));
        Tamper<SignTypedDataResponse>(a => a.Signature = Flip(a.Signature, index));
        await Assert.ThrowsAsync<SignerVerificationException>(() =>
            _session.SignTypedDataAsync(Encoding.UTF8.GetBytes(TestPayloads.TypedData))
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(66)]
    public async Task A_signature_of_another_length_is_refused(int length)
    {
        Tamper<SignTransactionResponse>(a => a.Signature = ByteString.CopyFrom(new byte[length]));
        await RefusesTransaction("bytes");
    }

    [Fact]
    public async Task A_recovery_byte_of_the_other_convention_is_refused()
    {
        Tamper<SignTransactionResponse>(a => a.Signature = Flip(a.Signature, 64, 27));
        await RefusesTransaction("canonical");
        Tamper<SignTypedDataResponse>(a => a.Signature = Flip(a.Signature, 64, 0x1b));
        await Assert.ThrowsAsync<SignerVerificationException>(() =>
            _session.SignTypedDataAsync(Encoding.UTF8.GetBytes(TestPayloads.TypedData))
        );
    }

    [Fact]
    public async Task Another_signed_transaction_or_hash_is_refused()
    {
        Tamper<SignTransactionResponse>(a =>
        {
            a.SignedTransaction = Flip(a.SignedTransaction, 20);
            a.TransactionHash = ByteString.CopyFrom(Keccak256.Hash(a.SignedTransaction.Span).ToArray());
        });
        await RefusesTransaction("signed transaction");
        Tamper<SignTransactionResponse>(a => a.TransactionHash = Flip(a.TransactionHash, 0));
        await RefusesTransaction("hash");
    }

    [Fact]
    public async Task Another_digest_is_refused()
    {
        Tamper<SignTypedDataResponse>(a => a.Digest = Flip(a.Digest, 5));
        await RefusesTypedData("digest");
    }

    private static ByteString Flip(ByteString bytes, int index, byte bits = 1)
    {
        var changed = bytes.ToByteArray();
        changed[index] ^= bits;
        return ByteString.CopyFrom(changed);
    }

    private void Tamper<T>(Action<T> tamper) =>
        _daemon.Behaviour.Tamper = m =>
        {
            if (m is T answer)
            {
                tamper(answer);
            }
        };

    private async Task RefusesTransaction(string naming)
    {
        var refusal = await Assert.ThrowsAsync<SignerVerificationException>(() => _session.SignTransactionAsync(TestPayloads.Transaction));
        Assert.Contains(refusal.Faults, f => f.Contains(naming, StringComparison.Ordinal));
    }

    private async Task RefusesTypedData(string naming)
    {
        var refusal = await Assert.ThrowsAsync<SignerVerificationException>(() =>
            _session.SignTypedDataAsync(Encoding.UTF8.GetBytes(TestPayloads.TypedData))
        );
        Assert.Contains(refusal.Faults, f => f.Contains(naming, StringComparison.Ordinal));
    }
}
