namespace Interop;

/// <summary>The npm packages of the lock file, installed once if they are missing.</summary>
internal static class NodeModules
{
    private static readonly TimeSpan InstallationLimit = TimeSpan.FromMinutes(5);

    private static readonly Lazy<Task> Installation = new(InstallAsync);

    public static Task EnsureInstalledAsync() => Installation.Value;

    private static async Task InstallAsync()
    {
        if (Directory.Exists(Path.Combine(ForeignProgram.ProjectFolder, "node_modules", "viem")))
        {
            return;
        }
        var result = await ForeignProgram.RunAsync("npm", ["ci", "--no-audit", "--no-fund"], InstallationLimit);
        Assert.True(result.ExitCode == 0, $"npm ci: {result.Error}");
    }
}
