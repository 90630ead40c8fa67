using Google.Protobuf;
using SessionSigner.Grants;
using SessionSigner.V1;

namespace SessionSigner.Client.Tests;

public sealed class SessionVerificationTests : IAsyncLifetime
{
    private static readonly OpenSessionOptions s_desk = new() { Policy = "desk" };
    private readonly FakeDaemon _daemon = new();

    public Task InitializeAsync() => _daemon.InitializeAsync();

    public Task DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task An_honest_daemon_opens_a_session_with_a_verified_grant()
    {
        using var client = SessionSignerClient.Connect(
            _daemon.Options with
            {
                PinnedPrimaryKey = FakeKeys.PublicKeyOf(FakeKeys.PrimaryPrivateKey),
            }
        );
        var session = await client.OpenSessionAsync(s_desk with { Audience = FakeKeys.Audience, Account = FakeKeys.Account });

        Assert.Equal(FakeKeys.SessionId, session.SessionId);
        Assert.Equal(FakeKeys.PublicKeyOf(FakeKeys.SessionPrivateKey), session.Grant.Grant.SessionKey);
        Assert.Equal(4UL, session.AuditIndex);
    }

    [Fact]
    public async Task A_narrowing_must_come_back_in_the_grant()
    {
        var narrowing = FakeKeys.CeilingJson.Replace("\"5000\"", "\"500\"", StringComparison.Ordinal);
        using var client = SessionSignerClient.Connect(_daemon.Options);
        var session = await client.OpenSessionAsync(s_desk with { NarrowingJson = narrowing });
        Assert.Contains("\"narrowing\"", session.Session.ScopeJson, StringComparison.Ordinal);

        // The daemon drops the narrowing from scope and grant alike: consistent, but not what was asked for.
        var scope = FakeKeys.Scope();
        var grant = FakeKeys.Grant(scope);
        Answer(a => Replace(a, FakeKeys.Session(grant, scope), FakeKeys.GrantJson(grant, scope)));
        await RefusesToOpen(client, "narrowing", s_desk with { NarrowingJson = narrowing });
    }

    [Fact]
    public async Task Another_primary_key_than_the_pinned_one_is_refused()
    {
        using var client = SessionSignerClient.Connect(
            _daemon.Options with
            {
                PinnedPrimaryKey = FakeKeys.PublicKeyOf(FakeKeys.OtherPrivateKey),
            }
        );
        await RefusesToOpen(client, "primary", s_desk);
    }

    [Fact]
    public async Task A_grant_signed_by_another_key_than_it_names_is_refused()
    {
        var scope = FakeKeys.Scope();
        Answer(a => a.GrantJson = FakeKeys.GrantJson(FakeKeys.Grant(scope), scope, FakeKeys.OtherPrivateKey));
        await RefusesToOpen("signature");
    }

    [Fact]
    public async Task A_grant_for_another_session_key_is_refused()
    {
        var scope = FakeKeys.Scope();
        var grant = FakeKeys.Grant(scope) with { SessionKey = FakeKeys.PublicKeyOf(FakeKeys.OtherPrivateKey) };
        Answer(a => a.GrantJson = FakeKeys.GrantJson(grant, scope));
        await RefusesToOpen("session key");
    }

    [Fact]
    public async Task A_changed_statement_is_refused()
    {
        Answer(a => a.GrantJson = a.GrantJson.Replace(FakeKeys.Audience, "desk.evil.io", StringComparison.Ordinal));
        await RefusesToOpen("signature");
    }

    [Fact]
    public async Task A_changed_scope_is_refused()
    {
        Answer(a => a.GrantJson = a.GrantJson.Replace("\"5000\"", "\"9000\"", StringComparison.Ordinal));
        await RefusesToOpen("scope");
    }

    [Fact]
    public async Task Another_audience_than_asked_for_is_refused() =>
        await RefusesToOpen("audience", s_desk with { Audience = "other.example" });

    [Fact]
    public async Task A_longer_life_than_asked_for_is_refused() => await RefusesToOpen("longer", s_desk with { LifetimeSeconds = 60 });

    [Fact]
    public async Task Another_account_than_asked_for_is_refused() =>
        await RefusesToOpen("account", s_desk with { Account = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" });

    [Theory]
    [InlineData("address")]
    [InlineData("public_key")]
    [InlineData("grant_id")]
    [InlineData("account")]
    [InlineData("policy_digest")]
    [InlineData("not_after")]
    [InlineData("scope_json")]
    public async Task A_session_that_differs_from_its_grant_is_refused(string field)
    {
        Answer(a =>
        {
            var accessor = Session.Descriptor.FindFieldByName(field).Accessor;
            accessor.SetValue(
                a.Session,
                accessor.GetValue(a.Session) switch
                {
                    string => "0x00",
                    ByteString => ByteString.CopyFrom(new byte[33]),
                    long time => time + 1,
                    var other => other,
                }
            );
        });
        using var client = SessionSignerClient.Connect(_daemon.Options);
        await Assert.ThrowsAsync<SignerVerificationException>(() => client.OpenSessionAsync(s_desk));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("[[[[")]
    public async Task A_malformed_grant_is_refused(string json)
    {
        Answer(a => a.GrantJson = json);
        using var client = SessionSignerClient.Connect(_daemon.Options);
        await Assert.ThrowsAsync<SignerVerificationException>(() => client.OpenSessionAsync(s_desk));
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(31, false)]
    public async Task A_daemon_clock_that_is_ahead_is_tolerated_a_little(int seconds, bool accepted)
    {
        var scope = FakeKeys.Scope();
        var grant = FakeKeys.Grant(scope) with { NotBefore = FakeKeys.Now + seconds };
        Answer(a => Replace(a, FakeKeys.Session(grant, scope), FakeKeys.GrantJson(grant, scope)));
        using var client = SessionSignerClient.Connect(_daemon.Options);
        if (accepted)
        {
            await client.OpenSessionAsync(s_desk);
            return;
        }

        await RefusesToOpen(client, "notBefore", s_desk);
    }

    [Fact]
    public async Task A_resumed_session_is_verified_too()
    {
        using var client = SessionSignerClient.Connect(_daemon.Options);
        Assert.Null((await client.ResumeSessionAsync(FakeKeys.SessionId)).AuditIndex);

        var scope = FakeKeys.Scope();
        _daemon.Behaviour.Tamper = m =>
        {
            if (m is GetGrantResponse grant)
            {
                grant.GrantJson = FakeKeys.GrantJson(FakeKeys.Grant(scope), scope, FakeKeys.OtherPrivateKey);
            }
        };
        await Assert.ThrowsAsync<SignerVerificationException>(() => client.ResumeSessionAsync(FakeKeys.SessionId));
    }

    [Fact]
    public async Task An_ended_session_is_not_resumed()
    {
        _daemon.Behaviour.Tamper = m =>
        {
            if (m is GetSessionResponse answer)
            {
                answer.Session.State = SessionState.Ended;
            }
        };
        using var client = SessionSignerClient.Connect(_daemon.Options);
        await Assert.ThrowsAsync<SignerSessionEndedException>(() => client.ResumeSessionAsync(FakeKeys.SessionId));
    }

    private static void Replace(OpenSessionResponse answer, Session session, string grantJson)
    {
        answer.Session = session;
        answer.GrantJson = grantJson;
    }

    private void Answer(Action<OpenSessionResponse> tamper) =>
        _daemon.Behaviour.Tamper = m =>
        {
            if (m is OpenSessionResponse answer)
            {
                tamper(answer);
            }
        };

    private async Task RefusesToOpen(string naming, OpenSessionOptions? options = null)
    {
        using var client = SessionSignerClient.Connect(_daemon.Options);
        await RefusesToOpen(client, naming, options ?? s_desk);
    }

    private static async Task RefusesToOpen(SessionSignerClient client, string naming, OpenSessionOptions options)
    {
        var refusal = await Assert.ThrowsAsync<SignerVerificationException>(() => client.OpenSessionAsync(options));
        Assert.Contains(refusal.Faults, f => f.Contains(naming, StringComparison.OrdinalIgnoreCase));
    }
}
