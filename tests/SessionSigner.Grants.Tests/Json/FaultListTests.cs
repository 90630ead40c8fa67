using System.Text;

namespace SessionSigner.Grants.Tests;

/// <summary>A document with more faults than are kept is refused like any other.</summary>
public class FaultListTests
{
    [Fact]
    public void Faults_that_are_not_kept_count()
    {
        var faults = new FaultList();
        for (var i = 1; i <= 3 * FaultList.CountMax; i++)
        {
            faults.Add("path", "Must be else.");
            Assert.Equal(i, faults.Count);
        }
        Assert.Equal(FaultList.CountMax + 1, faults.Faults.Count);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("{}")]
    [InlineData("[7]")]
    public void A_part_is_refused_although_no_more_faults_are_kept(string narrowing)
    {
        var unknown = string.Join(',', Enumerable.Range(0, 2 * FaultList.CountMax).Select(i => $"\"unknown{i}\":1"));
        var document = Encoding.UTF8.GetBytes($$"""{"version":1,"ceiling":{{{unknown}}},"narrowing":{{narrowing}}}""");

        Assert.False(EffectiveScope.TryParse(document, out var scope, out var faults));

        Assert.Null(scope);
        Assert.Equal(FaultList.CountMax + 1, faults.Count);
    }
}
