using SessionSigner.V1;

namespace SessionSigner.Server.Tests;

/// <summary>Grants that are good somewhere else or at another time.</summary>
public class GrantCallTests
{
    [Fact]
    public async Task A_grant_of_another_daemon_with_the_same_primary_key_is_not_valid_here()
    {
        await using var here = await TestServer.StartAsync();
        await using var there = await TestServer.StartAsync();
        var grant = await OpenAsync(there);

        var answer = await VerifyAsync(here, grant);

        Assert.Equal("This daemon did not issue the grant.", Assert.Single(answer.Faults));
        Assert.False(answer.Valid);
        Assert.True((await VerifyAsync(there, grant)).Valid);
    }

    [Fact]
    public async Task A_grant_is_not_valid_before_its_time()
    {
        await using var here = await TestServer.StartAsync();
        await using var ahead = await TestServer.StartAsync();
        ahead.Desk.Time.Advance(TimeSpan.FromSeconds(30));

        var answer = await VerifyAsync(here, await OpenAsync(ahead));

        Assert.Contains(answer.Faults, fault => fault.StartsWith("typed_data.message.notBefore: ", StringComparison.Ordinal));
    }

    private static async Task<string> OpenAsync(TestServer server)
    {
        var sessions = new SessionService.SessionServiceClient(server.Connect(TestServer.Trader));
        return (await sessions.OpenSessionAsync(new OpenSessionRequest { Policy = "pay", RequestId = "o1" })).GrantJson;
    }

    private static async Task<VerifyGrantResponse> VerifyAsync(TestServer server, string grant)
    {
        var audience = System.Text.Json.JsonDocument.Parse(grant).RootElement.GetProperty("typed_data").GetProperty("message");
        return await new GrantService.GrantServiceClient(server.Connect(TestServer.Trader)).VerifyGrantAsync(
            new VerifyGrantRequest { GrantJson = grant, Audience = audience.GetProperty("audience").GetString() }
        );
    }
}
