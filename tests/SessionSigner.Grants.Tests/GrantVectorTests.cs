using System.Runtime.CompilerServices;
using System.Text.Json;

namespace SessionSigner.Grants.Tests;

/// <summary>The vectors of proto/spec/grant.md.</summary>
public class GrantVectorTests
{
    public static TheoryData<string> Names() => [.. Vectors().Select(vector => vector.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_decided_as_the_specification_says(string name)
    {
        var vector = Vectors().Single(candidate => candidate.GetProperty("name").GetString() == name);
        var primary = vector.GetProperty("primary_key");
        var curve = PublicKey.ParseCurve(primary.GetProperty("curve").GetString()!);
        Assert.True(PublicKey.TryCreate(curve, Parsing.Bytes(primary.GetProperty("key").GetString()!), out var primaryKey));
        var verification = GrantVerifier.Verify(
            Samples.Utf8(vector.GetProperty("grant").GetRawText()),
            vector.GetProperty("audience").GetString()!,
            vector.GetProperty("now").GetInt64(),
            primaryKey
        );
        if (vector.GetProperty("expect").GetString() == "valid")
        {
            Assert.Empty(verification.Faults);
            Assert.Equal(vector.GetProperty("digest").GetString(), GrantCodec.Digest(verification.Grant!.Signed.Grant).ToString());
        }
        else
        {
            Assert.Contains(vector.GetProperty("fault").GetString()!, verification.Faults);
            Assert.False(verification.IsValid);
        }
    }

    private static List<JsonElement> Vectors([CallerFilePath] string thisFile = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(thisFile)!, "../../proto/spec/vectors/grant.json");
        return [.. JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("vectors").EnumerateArray()];
    }
}
