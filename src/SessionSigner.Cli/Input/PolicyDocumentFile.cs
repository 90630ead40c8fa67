using System.Text.Json;
using SessionSigner.Grants;

namespace SessionSigner.Cli;

/// <summary>Reads a policy or roster to propose: JSON as it is; a policy in YAML by way of the daemon's own program, which knows the one reading of it.</summary>
internal static class PolicyDocumentFile
{
    /// <exception cref="UsageException">It cannot be read, or is YAML and the daemon's program is not here or finds faults in it.</exception>
    public static async Task<byte[]> ReadAsync(CliHost host, string path, bool isRoster, CancellationToken cancellationToken)
    {
        var bytes = await InputFile.ReadAsync(host, path, isRoster ? "roster" : "policy", StrictJson.SizeMax, cancellationToken);
        if (bytes.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            return bytes;
        }

        if (isRoster || path == InputFile.StandardInput)
        {
            throw new UsageException("The document must be a JSON object.");
        }

        var (exitCode, output) = await ForwardedCommand.CaptureAsync(host, ["policy", "show", path, "--json"], cancellationToken);
        try
        {
            using var shown = JsonDocument.Parse(output);
            if (exitCode == 0)
            {
                return System.Text.Encoding.UTF8.GetBytes(shown.RootElement.GetProperty("policy").GetRawText());
            }

            var faults = shown.RootElement.GetProperty("faults").EnumerateArray().Select(fault => fault.GetString());
            throw new UsageException($"The policy {path} has faults: {string.Join(' ', faults)}");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            throw new UsageException($"The policy {path} could not be read as YAML; 'sessionsigner policy show {path}' says why.", e);
        }
    }
}
