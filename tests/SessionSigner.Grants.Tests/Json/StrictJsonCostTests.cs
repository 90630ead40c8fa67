using System.Text;

namespace SessionSigner.Grants.Tests;

public class StrictJsonCostTests
{
    [Fact]
    public void A_deep_document_of_many_elements_costs_memory_in_proportion_to_its_size()
    {
        var name = new string('n', 64);
        var text =
            string.Concat(Enumerable.Repeat($$"""{"{{name}}":""", 30))
            + "[0"
            + string.Concat(Enumerable.Repeat(",0", 60_000))
            + "]"
            + new string('}', 30);
        var utf8 = Encoding.UTF8.GetBytes(text);
        Assert.NotNull(StrictJson.Read(utf8, new FaultList()));

        var before = GC.GetAllocatedBytesForCurrentThread();
        StrictJson.Read(utf8, new FaultList());

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 64 * utf8.Length);
    }
}
