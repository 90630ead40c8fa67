using SessionSigner.V1;

namespace SessionSigner.Cli;

/// <summary>Name, size and root of a log as somebody states them.</summary>
internal sealed record LogState(string Origin, ulong Size, byte[] Root)
{
    public static LogState From(Checkpoint checkpoint) => new(checkpoint.Origin, checkpoint.TreeSize, checkpoint.RootHash.ToByteArray());
}
