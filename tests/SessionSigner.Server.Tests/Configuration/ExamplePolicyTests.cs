using System.Runtime.CompilerServices;
using System.Text.Json;
using SessionSigner.Core;

namespace SessionSigner.Server.Tests;

/// <summary>The policies that come with the project load, and lint has nothing to say about them.</summary>
public class ExamplePolicyTests
{
    public static TheoryData<string> Files() => [.. Directory.EnumerateFiles(Folder("deploy/policies"), "*.yaml")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Loads_without_a_warning(string file)
    {
        Assert.True(PolicyFile.TryRead(file, out var policy, out var faults), string.Join('\n', faults));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), policy.Name);
        Assert.Empty(PolicyLint.Check(policy));
    }

    [Fact]
    public void Yaml_has_the_digest_of_the_JSON_it_stands_for()
    {
        using var vector = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder("proto/spec/vectors"), "policy.json")));
        Assert.True(PolicyFile.TryRead(Path.Combine(Folder("deploy/policies"), "erc20-payout.yaml"), out var policy, out _));
        Assert.Equal(vector.RootElement.GetProperty("digest").GetString(), policy.Digest.ToString());
    }

    private static string Folder(string path, [CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../..", path));
}
