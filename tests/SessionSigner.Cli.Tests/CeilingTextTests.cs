using System.Text.Json.Nodes;

namespace SessionSigner.Cli.Tests;

public class CeilingTextTests
{
    [Fact]
    public void Shows_choices_quantifiers_lengths_and_containers()
    {
        const string ceiling = """
            {"permissions":[{"name":"batch","kind":"call","targets":["0xA"],"function":"execute(bytes32 mode, bytes data)","unwrap":"erc7579","constraints":[
              {"any_of":[[{"path":"mode","op":"eq","value":"0x00"},{"path":"data","length":true,"op":"lt","value":"9"}],[{"path":"xs[*]","quantifier":"any","op":"eq","value":"7"}]]},
              {"path":"mode","op":"ne","value":"0x01"}]}]}
            """;
        Assert.Equal(
            (
                "allows",
                "batch: execute(bytes32 mode, bytes data) on 0xA, if (mode = 0x00 and length of data < 9 or any xs[*] = 7) and mode is not 0x01, and what it carries (erc7579) if allowed itself"
            ),
            Assert.Single(CeilingText.Lines(JsonNode.Parse(ceiling)))
        );
    }

    [Fact]
    public void Shows_windows_and_what_shares_a_budget()
    {
        const string ceiling = """
            {"budgets":[{"name":"a","unit":"wei","limit":"5","window":"lifetime","per":"policy"},
              {"name":"b","unit":"wei","limit":"5","window":"calendar_day","per":"principal"},
              {"name":"c","unit":"wei","limit":"5","window":"rolling","window_seconds":600,"granularity_seconds":10,"per":"session"}]}
            """;
        Assert.Equal(
            [
                ("budget", "a: 5 wei per policy"),
                ("budget", "b: 5 wei per principal and day (UTC)"),
                ("budget", "c: 5 wei per session in any 600 s, kept to 10 s"),
            ],
            CeilingText.Lines(JsonNode.Parse(ceiling))
        );
    }
}
