using System.Text.Json;

namespace Interop;

/// <summary>The 18 cases of the gRPC interop test descriptions, called by two foreign stacks that share no code.</summary>
public class GrpcInteropTests(GrpcInteropResults results) : IClassFixture<GrpcInteropResults>
{
    public static TheoryData<string> Cases { get; } =
    [
        "empty_unary",
        "large_unary",
        "client_compressed_unary",
        "server_compressed_unary",
        "client_streaming",
        "client_compressed_streaming",
        "server_streaming",
        "server_compressed_streaming",
        "ping_pong",
        "empty_stream",
        "cancel_after_begin",
        "cancel_after_first_response",
        "timeout_on_sleeping_server",
        "custom_metadata",
        "status_code_and_message",
        "special_status_message",
        "unimplemented_method",
        "unimplemented_service",
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Grpc_js_passes(string name) => GrpcInteropResults.AssertPassed(results.GrpcJs, name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Python_grpcio_passes(string name) => GrpcInteropResults.AssertPassed(results.Python, name);
}

/// <summary>Runs each foreign client once against one server and keeps what it said of each case.</summary>
public sealed class GrpcInteropResults : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TestServer _server = new();

    internal IReadOnlyDictionary<string, string> GrpcJs { get; private set; } = null!;

    internal IReadOnlyDictionary<string, string> Python { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        var certificates = _server.Certificates;
        string[] arguments =
        [
            _server.Target,
            certificates.AuthorityFile,
            certificates.CertificateFile(TestServer.ClientName),
            certificates.KeyFile(TestServer.ClientName),
        ];
        GrpcJs = Read(await ForeignProgram.RunNodeAsync("clients/interop.mjs", Limit, arguments));
        Python = Read(await ForeignProgram.RunPythonAsync("clients/interop.py", Limit, arguments));
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    internal static void AssertPassed(IReadOnlyDictionary<string, string> results, string name)
    {
        Assert.True(results.TryGetValue(name, out var fault), $"the client has not run {name}");
        Assert.True(fault!.Length == 0, fault);
    }

    // One JSON object per line: {"case": name, "fault": "" or what was wrong}.
    private static Dictionary<string, string> Read(ProgramResult result)
    {
        var results = new Dictionary<string, string>();
        foreach (var line in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            results[json.RootElement.GetProperty("case").GetString()!] = json.RootElement.GetProperty("fault").GetString()!;
        }
        Assert.True(result.ExitCode == 0 && results.Count > 0, result.Error + result.Output);
        return results;
    }
}
