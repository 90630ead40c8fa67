using SessionSigner.V1;

namespace Conformance;

[Collection(DaemonCollection.Name)]
public class GrantTests(DaemonFixture daemon)
{
    [Fact]
    public async Task A_grant_is_valid_until_its_session_ends()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        Assert.True((await VerifyAsync(opened.GrantJson)).Valid);
        await daemon.Alice.CloseAsync(opened.Session.SessionId);
        var ended = await VerifyAsync(opened.GrantJson);
        Assert.False(ended.Valid);
        Assert.NotEmpty(ended.Faults);
        Assert.Equal(opened.Session.GrantId, ended.GrantId);
    }

    [Fact]
    public async Task A_grant_is_not_valid_for_another_audience()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        Assert.False((await VerifyAsync(opened.GrantJson, "someone.else")).Valid);
    }

    [Fact]
    public async Task A_changed_grant_is_not_valid()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var wider = opened.GrantJson.Replace($"\"{Policies.Budget}\"", "\"999999\"", StringComparison.Ordinal);
        Assert.NotEqual(opened.GrantJson, wider);
        Assert.False((await VerifyAsync(wider)).Valid);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"format\":\"sessionsigner.grant.v1\"}")]
    [InlineData("not json")]
    public async Task What_is_no_grant_is_not_valid(string text)
    {
        try
        {
            Assert.False((await VerifyAsync(text)).Valid);
        }
        catch (Grpc.Core.RpcException e)
        {
            Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, e.StatusCode);
        }
        await daemon.AssertHealthyAsync();
    }

    [Fact]
    public async Task The_command_line_verifies_a_grant_without_a_daemon()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var file = daemon.WriteFile("grant.json", opened.GrantJson);
        var good = await daemon.RunCliAsync(null, "grant", "verify", file, "--audience", Policies.Audience);
        Assert.True(good.ExitCode == 0, good.Output + good.Error);
        var changed = daemon.WriteFile(
            "changed.json",
            opened.GrantJson.Replace($"\"{Policies.Budget}\"", "\"999999\"", StringComparison.Ordinal)
        );
        Assert.NotEqual(0, (await daemon.RunCliAsync(null, "grant", "verify", changed, "--audience", Policies.Audience)).ExitCode);
    }

    [Fact]
    public async Task A_grant_verifies_with_viem_alone()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var file = daemon.WriteFile("grant-for-viem.json", opened.GrantJson);
        var keys = await daemon.Auditor.Custody.ListPrimaryKeysAsync(new(), Caller.Options());
        var result = await Interop.ForeignProgram.RunNodeAsync(
            "clients/verify-grant.mjs",
            TimeSpan.FromMinutes(1),
            file,
            Assert.Single(keys.PrimaryKeys).Address,
            opened.Session.Address
        );
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    private async Task<VerifyGrantResponse> VerifyAsync(string grant, string audience = Policies.Audience) =>
        await daemon.Alice.Grants.VerifyGrantAsync(new VerifyGrantRequest { GrantJson = grant, Audience = audience }, Caller.Options());
}
