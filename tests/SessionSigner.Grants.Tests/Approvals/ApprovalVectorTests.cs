using System.Runtime.CompilerServices;
using System.Text.Json;

namespace SessionSigner.Grants.Tests;

/// <summary>The vectors of approvals of proto/spec/policy.md.</summary>
public class ApprovalVectorTests
{
    public static TheoryData<string> Names() => [.. Vectors().Select(vector => vector.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_decided_as_the_specification_says(string name)
    {
        var vector = Vectors().Single(candidate => candidate.GetProperty("name").GetString() == name);
        var roster = ApprovalSamples.Roster(Document().GetProperty("roster").GetRawText());
        Assert.Equal(Document().GetProperty("roster_digest").GetString(), roster.Digest.ToString());
        Assert.True(ApprovalStatement.TryParse(vector.GetProperty("statement").GetString()!, out var statement, out var fault), fault);
        Assert.Equal(vector.GetProperty("sha256").GetString(), statement.Hash.ToString());
        var decision = Quorum.Check(statement, roster, Texts(vector, "signatures"), vector.GetProperty("now").GetInt64());
        Assert.Equal(vector.GetProperty("reached").GetBoolean(), decision.IsReached);
        Assert.Equal(Texts(vector, "signed"), decision.Signed.Select(signed => signed.Approver.Name));
    }

    private static List<string> Texts(JsonElement vector, string name) =>
        [.. vector.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];

    private static List<JsonElement> Vectors() => [.. Document().GetProperty("vectors").EnumerateArray()];

    private static JsonElement Document([CallerFilePath] string thisFile = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../proto/spec/vectors/approval.json");
        return JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
    }
}
