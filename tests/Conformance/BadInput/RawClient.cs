using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;

namespace Conformance;

/// <summary>gRPC by hand over HTTP/2, so that every header and every byte can be wrong.</summary>
internal sealed class RawClient(DaemonFixture daemon, string identity) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly HttpClient _client = new(daemon.Handler(identity))
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Limit,
    };

    /// <summary>A message in its frame: flag, length, bytes.</summary>
    public static byte[] Frame(byte[] message, byte flag = 0, uint? length = null)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.SmallestSize))
        {
            gzip.Write(bytes);
        }
        return output.ToArray();
    }

    /// <summary>Calls a method, for example "SigningService/Evaluate", and gives what came back.</summary>
    public async Task<RawAnswer> SendAsync(string method, byte[] body, params (string Name, string Value)[] headers)
    {
        var path = method[0] == '/' ? method : "/sessionsigner.v1." + method;
        var exact = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"https://{daemon.Target}{path}", exact))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach (var (name, value) in headers)
        {
            if (string.Equals(name, "content-type", StringComparison.Ordinal))
            {
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
                continue;
            }
            request.Headers.TryAddWithoutValidation(name, value);
        }
        try
        {
            using var response = await _client.SendAsync(request);
            await response.Content.ReadAsByteArrayAsync();
            return RawAnswer.Of(response);
        }
        catch (HttpRequestException exception) when (exception.InnerException is HttpProtocolException or IOException)
        {
            return new RawAnswer(0, null, true);
        }
        catch (HttpProtocolException)
        {
            return new RawAnswer(0, null, true);
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>What came back from the daemon.</summary>
/// <param name="Http">Status of HTTP, or 0 if there was none.</param>
/// <param name="Refusal">Status of gRPC with its details, or null if there was none.</param>
/// <param name="WasReset">Whether the daemon ended the stream or the connection instead of answering.</param>
internal sealed record RawAnswer(int Http, Refusal? Refusal, bool WasReset)
{
    public static RawAnswer Of(HttpResponseMessage response)
    {
        // An answer without a message has its trailers in its headers.
        var code = Find("grpc-status");
        if (code is null)
        {
            return new RawAnswer((int)response.StatusCode, null, false);
        }
        var details = Find("grpc-status-details-bin");
        var status = details is null ? null : Google.Rpc.Status.Parser.ParseFrom(Unpad(details));
        var refusal = Refusal.Of(
            (StatusCode)int.Parse(code, CultureInfo.InvariantCulture),
            Uri.UnescapeDataString(Find("grpc-message") ?? ""),
            status
        );
        return new RawAnswer((int)response.StatusCode, refusal, false);

        string? Find(string name) =>
            response.TrailingHeaders.TryGetValues(name, out var trailing) ? trailing.First()
            : response.Headers.TryGetValues(name, out var leading) ? leading.First()
            : null;
    }

    private static byte[] Unpad(string base64) => Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='));

    public override string ToString() =>
        WasReset ? "reset"
        : Refusal is null ? $"HTTP {Http}"
        : $"{Refusal.Code} {Refusal.ErrorReason} {Refusal.Field}: {Refusal.Message}";
}
