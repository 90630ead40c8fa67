namespace Interop;

/// <summary>The scope vectors that say viem made them.</summary>
public class ScopeVectorTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("choices")]
    [InlineData("containers")]
    [InlineData("counting")]
    [InlineData("messages")]
    [InlineData("user-operations")]
    public async Task The_vectors_are_what_viem_makes(string name)
    {
        await NodeModules.EnsureInstalledAsync();
        var result = await ForeignProgram.RunNodeAsync($"Scopes/{name}.mjs", Limit);
        Assert.True(result.ExitCode == 0, result.Error);
        var file = Path.Combine(ForeignProgram.ProjectFolder, "../../proto/spec/vectors", $"scope-{name}.json");
        Assert.Equal(await File.ReadAllTextAsync(file), result.Output);
    }
}
