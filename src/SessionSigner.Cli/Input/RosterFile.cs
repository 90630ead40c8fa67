using SessionSigner.Grants;

namespace SessionSigner.Cli;

/// <summary>Reads a roster of approvers.</summary>
internal static class RosterFile
{
    /// <exception cref="UsageException">It cannot be read, or is not a roster; with all faults.</exception>
    public static async Task<ApproverRoster> ReadAsync(CliHost host, string path, CancellationToken cancellationToken)
    {
        var json = await InputFile.ReadAsync(host, path, "roster", StrictJson.SizeMax, cancellationToken);
        return ApproverRoster.TryParse(json, out var roster, out var faults)
            ? roster
            : throw new UsageException($"The roster {path} is not one: {string.Join(' ', faults)}");
    }
}
