using Google.Protobuf;
using SessionSigner.V1;

namespace SessionSigner.Client.Tests;

/// <summary>What a daemon shows for review must be what was asked for: an approver signs what is there.</summary>
public sealed class PolicyVerificationTests : IAsyncLifetime
{
    private readonly FakeDaemon _daemon = new();

    public Task InitializeAsync() => _daemon.InitializeAsync();

    public Task DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task An_honest_version_is_shown()
    {
        using var client = SessionSignerClient.Connect(_daemon.Options);
        Assert.Equal(FakeKeys.Statement, (await client.GetPolicyVersionAsync(FakeKeys.PolicyDigest)).Statement);
    }

    [Fact]
    public async Task Another_document_another_digest_and_another_statement_are_not_believed()
    {
        using var client = SessionSignerClient.Connect(_daemon.Options);
        var other = "0x" + new string('1', 64);
        await Assert.ThrowsAsync<SignerVerificationException>(() => client.GetPolicyVersionAsync(other));
        await LieAsync(answer => answer.DocumentJson = ByteString.CopyFromUtf8("{}"));
        await LieAsync(answer => answer.Statement = answer.Statement.Replace(FakeKeys.PolicyDigest, other, StringComparison.Ordinal));
        await LieAsync(answer => answer.Statement = answer.Statement.Replace("policy: desk", "policy: other", StringComparison.Ordinal));
        await LieAsync(answer => answer.Statement = "please sign");

        async Task LieAsync(Action<GetPolicyVersionResponse> change)
        {
            _daemon.Behaviour.Tamper = message => change((GetPolicyVersionResponse)message);
            await Assert.ThrowsAsync<SignerVerificationException>(() => client.GetPolicyVersionAsync(FakeKeys.PolicyDigest));
        }
    }
}
