using System.Collections.Concurrent;
using System.Text.Json;

namespace Faults;

/// <summary>One signature that a client received.</summary>
internal sealed record Received(string SessionId, string RequestId, byte[] Body, string Digest, string Signature, ulong AuditIndex);

/// <summary>What clients received over all rounds, and the file of it that the independent check reads.</summary>
internal sealed class Released(string file)
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly ConcurrentQueue<Received> _fresh = [];

    public string File { get; } = file;

    public int Count { get; private set; }

    public void Add(Received received) => _fresh.Enqueue(received);

    /// <summary>Writes what came in since the last call to the file, and returns it.</summary>
    public IReadOnlyList<Received> Flush()
    {
        var received = _fresh.ToArray();
        _fresh.Clear();
        System.IO.File.AppendAllLines(File, received.Select(item => JsonSerializer.Serialize(item with { Body = [] }, Names)));
        Count += received.Length;
        return received;
    }
}
