using System.Text.Json;

namespace Interop;

/// <summary>The interop cases that a command line client can express, called by buf curl (connect-go's gRPC client).</summary>
/// <remarks>
/// Left to the other two stacks: client_compressed_unary and client_compressed_streaming, because buf curl has no way to compress what it sends;
/// cancel_after_begin and cancel_after_first_response, because it gives up a call at its deadline and not before; and of server_compressed_streaming that one message is compressed and the
/// other is not, because it shows sizes after decompression.
/// </remarks>
public class BufCurlTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // One answer at once, another after a minute.
    private const string Slow = """{"responseParameters": [{"size": 31415}, {"size": 9, "intervalUs": 60000000}]}""";

    [Fact]
    public async Task Empty_unary() => Assert.Equal("{}", (await CallAsync("EmptyCall", "{}")).Output.Trim());

    [Fact]
    public async Task Large_unary()
    {
        var request = $$"""{"responseSize": 314159, "payload": {"body": "{{Convert.ToBase64String(new byte[271828])}}"} }""";
        Assert.Equal([314159], BodySizes(await CallAsync("UnaryCall", request)));
    }

    [Fact]
    public async Task Server_compressed_unary()
    {
        var result = await CallAsync("UnaryCall", """{"responseSize": 314159, "responseCompressed": {"value": true}}""", "--verbose");
        Assert.Equal([314159], BodySizes(result));
        Assert.Contains("x-answer-encoding: gzip", result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Server_compressed_streaming()
    {
        var request =
            """{"responseParameters": [{"compressed": {"value": true}, "size": 31415}, {"compressed": {"value": false}, "size": 92653}]}""";
        var result = await CallAsync("StreamingOutputCall", request, "--verbose");
        Assert.Equal([31415, 92653], BodySizes(result));
        Assert.Contains("x-answer-encoding: gzip", result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Client_streaming()
    {
        var requests = new[] { 27182, 8, 1828, 45904 }.Select(size =>
            $$"""{"payload": {"body": "{{Convert.ToBase64String(new byte[size])}}"} }"""
        );
        var result = await CallAsync("StreamingInputCall", string.Join('\n', requests));
        using var answer = JsonDocument.Parse(result.Output);
        Assert.Equal(74922, answer.RootElement.GetProperty("aggregatedPayloadSize").GetInt32());
    }

    [Fact]
    public async Task Server_streaming()
    {
        var request = """{"responseParameters": [{"size": 31415}, {"size": 9}, {"size": 2653}, {"size": 58979}]}""";
        Assert.Equal([31415, 9, 2653, 58979], BodySizes(await CallAsync("StreamingOutputCall", request)));
    }

    [Fact]
    public async Task Ping_pong()
    {
        var requests = """{"responseParameters": [{"size": 31415}]}""" + '\n' + """{"responseParameters": [{"size": 9}]}""";
        Assert.Equal([31415, 9], BodySizes(await CallAsync("FullDuplexCall", requests)));
    }

    [Fact]
    public async Task Empty_stream() => Assert.Empty((await CallAsync("FullDuplexCall", "")).Output.Trim());

    [Theory]
    [InlineData("UnaryCall")]
    [InlineData("FullDuplexCall")]
    public async Task Custom_metadata(string method)
    {
        var result = await CallAsync(
            method,
            "{}",
            "--verbose",
            "--header",
            "x-grpc-test-echo-initial: test_initial_metadata_value",
            "--header",
            "x-grpc-test-echo-trailing-bin: q6ur"
        );
        Assert.Contains("x-grpc-test-echo-initial: test_initial_metadata_value", result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("x-grpc-test-echo-trailing-bin: q6ur", result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Timeout_on_sleeping_server()
    {
        var result = await CallAsync("FullDuplexCall", Slow, "--timeout", "3s", "--verbose");
        Assert.True(result.ExitCode == 4 << 3, result.Error + result.Output);
        Assert.Contains("deadline_exceeded", result.Error, StringComparison.Ordinal);
        // The server is told, too.
        Assert.Contains("grpc-timeout: ", result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("test status message")]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")]
    public async Task Status_code_and_message(string message)
    {
        var request = JsonSerializer.Serialize(new { responseStatus = new { code = 2, message } });
        using var fault = JsonDocument.Parse((await CallAsync("UnaryCall", request)).Error);
        Assert.Equal("unknown", fault.RootElement.GetProperty("code").GetString());
        Assert.Equal(message, fault.RootElement.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("grpc.testing.TestService/UnimplementedCall")]
    [InlineData("grpc.testing.UnimplementedService/UnimplementedCall")]
    public async Task Unimplemented(string method)
    {
        using var fault = JsonDocument.Parse((await CallAsync(method, "{}")).Error);
        Assert.Equal("unimplemented", fault.RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Reflection_serves_the_schema()
    {
        var result = await RunAsync("grpc.testing.TestService/EmptyCall", "{}", "--reflect");
        Assert.Equal("{}", result.Output.Trim());
    }

    private Task<ProgramResult> CallAsync(string method, string body, params string[] more) =>
        RunAsync(
            method.Contains('/', StringComparison.Ordinal) ? method : $"grpc.testing.TestService/{method}",
            body,
            ["--schema", "Protos", .. more]
        );

    private async Task<ProgramResult> RunAsync(string method, string body, params string[] more)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, body);
            var certificates = server.Certificates;
            return await ForeignProgram.RunAsync(
                ForeignProgram.Buf,
                [
                    "curl",
                    "--protocol",
                    "grpc",
                    "--cacert",
                    certificates.AuthorityFile,
                    "--cert",
                    certificates.CertificateFile(TestServer.ClientName),
                    "--key",
                    certificates.KeyFile(TestServer.ClientName),
                    "--data",
                    $"@{file}",
                    .. more,
                    $"https://{server.Target}/{method}",
                ],
                Limit
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static List<int> BodySizes(ProgramResult result)
    {
        Assert.True(result.ExitCode == 0, result.Error);
        // Answers of a stream follow each other without a separator.
        var sizes = new List<int>();
        var reader = new Utf8JsonReader(
            System.Text.Encoding.UTF8.GetBytes(result.Output),
            new JsonReaderOptions { AllowMultipleValues = true }
        );
        while (reader.Read())
        {
            using var answer = JsonDocument.ParseValue(ref reader);
            sizes.Add(Convert.FromBase64String(answer.RootElement.GetProperty("payload").GetProperty("body").GetString()!).Length);
        }
        return sizes;
    }
}
