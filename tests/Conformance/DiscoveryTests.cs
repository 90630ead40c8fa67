using System.Text.RegularExpressions;
using Grpc.Core;
using Grpc.Health.V1;
using Interop;

namespace Conformance;

/// <summary>What a client that knows nothing of the daemon can find out: which services there are, what they take, and whether they serve.</summary>
[Collection(DaemonCollection.Name)]
public partial class DiscoveryTests(DaemonFixture daemon)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // By hand from the files, so that nothing generated from them is believed.
    private static readonly string[] s_services =
    [
        .. Directory
            .GetFiles(Path.Combine(ForeignProgram.ProtoFolder, "sessionsigner/v1"), "*.proto")
            .SelectMany(file => Service().Matches(File.ReadAllText(file)))
            .Select(match => $"sessionsigner.v1.{match.Groups[1].Value}"),
    ];

    public static TheoryData<string> ReflectionProtocols { get; } = ["grpc-v1", "grpc-v1alpha"];

    [Theory]
    [MemberData(nameof(ReflectionProtocols))]
    public async Task Reflection_lists_every_service_and_is_enough_to_call_one(string protocol)
    {
        var listed = await CurlAsync(Identities.Alice, protocol, "", "--list-services");
        Assert.True(listed.ExitCode == 0, listed.Error);
        Assert.Equal(
            s_services.Append("grpc.health.v1.Health").Order(StringComparer.Ordinal),
            Names(listed.Output).Where(name => !name.StartsWith("grpc.reflection.", StringComparison.Ordinal))
        );

        var opened = await daemon.Alice.OpenAsync("desk");
        var id = opened.Session.SessionId;
        var called = await CurlAsync(
            Identities.Alice,
            protocol,
            "/sessionsigner.v1.SessionService/GetSession",
            "-d",
            $$"""{"sessionId": "{{id}}"}"""
        );
        Assert.True(called.ExitCode == 0, called.Error);
        Assert.Contains(id, called.Output, StringComparison.Ordinal);
        await daemon.Alice.CloseAsync(id);
    }

    /// <summary>Reflection opens nothing: who may not call a method may not call it by this way either.</summary>
    [Theory]
    [MemberData(nameof(ReflectionProtocols))]
    public async Task Reflection_gives_nobody_a_role(string protocol)
    {
        var denied = await CurlAsync(Identities.Auditor, protocol, "/sessionsigner.v1.SessionService/OpenSession", "-d", "{}");
        Assert.Equal((int)StatusCode.PermissionDenied << 3, denied.ExitCode);

        var refused = await CurlAsync(Identities.Nobody, protocol, "", "--list-services");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Empty(Names(refused.Output));
        Assert.Contains("has no role", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_service_serves_and_says_so_to_every_identity_of_the_configuration()
    {
        Assert.Equal(7, s_services.Length);
        foreach (var identity in Identities.All.Except([Identities.Nobody]))
        {
            using var caller = daemon.Connect(identity);
            foreach (var service in s_services.Append(""))
            {
                var answer = await caller.Health.CheckAsync(new HealthCheckRequest { Service = service }, Caller.Options());
                Assert.Equal((service, HealthCheckResponse.Types.ServingStatus.Serving), (service, answer.Status));
            }
        }
    }

    [Theory]
    [InlineData("sessionsigner.v1.OrdersService")]
    [InlineData("sessionsigner.v1.orderservice")]
    [InlineData("OrderService")]
    [InlineData("sessionsigner.v1")]
    [InlineData("grpc.health.v1.Health ")]
    public async Task Nothing_is_said_of_a_service_that_is_not_there(string service)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await daemon.Alice.Health.CheckAsync(new HealthCheckRequest { Service = service }, Caller.Options())
        );
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        await daemon.AssertHealthyAsync();
    }

    [Fact]
    public async Task Nobody_else_is_told_whether_a_service_serves()
    {
        using var nobody = daemon.Connect(Identities.Nobody);
        var refusal = await Refusal.OfAsync(nobody.Health.CheckAsync(new HealthCheckRequest(), Caller.Options()).ResponseAsync);
        Assert.Equal((StatusCode.PermissionDenied, "ROLE_MISSING"), (refusal.Code, refusal.ErrorReason));
        using var watch = nobody.Health.Watch(new HealthCheckRequest(), Caller.Options());
        var error = await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
    }

    private Task<ProgramResult> CurlAsync(string identity, string reflection, string method, params string[] more) =>
        ForeignProgram.RunAsync(
            ForeignProgram.Buf,
            [
                "curl",
                "--protocol",
                "grpc",
                "--reflect",
                "--reflect-protocol",
                reflection,
                .. daemon.CurlCertificates(identity),
                .. more,
                $"https://{daemon.Target}{method}",
            ],
            Limit
        );

    private static string[] Names(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"^service (\w+) \{", RegexOptions.Multiline)]
    private static partial Regex Service();
}
