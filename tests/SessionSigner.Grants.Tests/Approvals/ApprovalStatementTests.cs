using SessionSigner.Ethereum;

namespace SessionSigner.Grants.Tests;

public class ApprovalStatementTests
{
    private static readonly Hash32 A = Keccak256.Hash("a"u8);
    private static readonly Hash32 B = Keccak256.Hash("b"u8);
    private static readonly Hash32 R = Keccak256.Hash("r"u8);

    private static ApprovalStatement[] Statements { get; } =
    [
        ApprovalStatement.Activate("desk", A, null, R, "desk.example/signer", 1_893_456_000),
        ApprovalStatement.Activate("desk", A, B, R, "desk.example/signer", 1_893_456_000),
        ApprovalStatement.Activate("desk", B, A, R, "desk.example/signer", 1_893_456_000),
        ApprovalStatement.Activate("desk2", A, B, R, "desk.example/signer", 1_893_456_000),
        ApprovalStatement.Activate("desk", A, B, A, "desk.example/signer", 1_893_456_000),
        ApprovalStatement.Activate("desk", A, B, R, "desk.example/signer2", 1_893_456_000),
        ApprovalStatement.Activate("desk", A, B, R, "desk.example/signer", 1_893_456_001),
        ApprovalStatement.ChangeRoster(A, R, "desk.example/signer", 1_893_456_000),
    ];

    [Fact]
    public void The_text_is_what_the_format_says() =>
        Assert.Equal(
            $"""
            SessionSigner policy approval v1
            action: activate
            policy: desk
            digest: {A}
            previous: none
            roster: {R}
            daemon: desk.example/signer
            expires: 2030-01-01T00:00:00Z

            """,
            Statements[0].Text
        );

    [Fact]
    public void Every_field_makes_another_text_and_each_text_is_read_back()
    {
        Assert.Equal(Statements.Length, Statements.Select(statement => statement.Text).Distinct().Count());
        Assert.Equal(Statements.Length, Statements.Select(statement => statement.Hash).Distinct().Count());
        foreach (var statement in Statements)
        {
            Assert.True(ApprovalStatement.TryParse(statement.Text, out var read, out var fault), fault);
            Assert.Equal(statement.Text, read.Text);
            Assert.Equal(
                (
                    statement.Action,
                    statement.Policy,
                    statement.Digest,
                    statement.Previous,
                    statement.Roster,
                    statement.Daemon,
                    statement.Expires
                ),
                (read.Action, read.Policy, read.Digest, read.Previous, read.Roster, read.Daemon, read.Expires)
            );
        }
    }

    [Theory]
    [InlineData("approval v1", "approval v2", "An approval must begin")]
    [InlineData("action: activate", "action: delete", "action: ")]
    [InlineData("action: activate", "action: retire", "action: ")]
    [InlineData("action: activate", "action: roster", "new-roster: Missing")]
    [InlineData("action: activate", "action:  activate", "action: ")]
    [InlineData("policy: desk", "policy: Desk", "policy: ")]
    [InlineData("policy: desk\n", "", "policy: Missing")]
    [InlineData("digest: 0x", "digest: 0X", "digest: ")]
    [InlineData("previous: none", "previous: None", "previous: ")]
    [InlineData("previous: none", "previous: none\nprevious: none", "roster: Missing")]
    [InlineData("daemon: desk", "daemon: de sk", "daemon: ")]
    [InlineData("2030-01-01T00:00:00Z", "2030-01-01T00:00:00", "expires: ")]
    [InlineData("2030-01-01T00:00:00Z", "2030-02-30T00:00:00Z", "expires: ")]
    [InlineData("00:00:00Z\n", "00:00:00Z\nnote: hello\n", "An approval must have these lines")]
    [InlineData("00:00:00Z\n", "00:00:00Z", "An approval must begin")]
    [InlineData("\n", "\r\n", "An approval must begin")]
    public void Any_other_text_is_refused(string from, string to, string fault)
    {
        var text = Statements[0].Text.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(Statements[0].Text, text);
        Assert.False(ApprovalStatement.TryParse(text, out var statement, out var found));
        Assert.Null(statement);
        Assert.StartsWith(fault, found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_breaks_its_rule_makes_no_statement()
    {
        Assert.Throws<ArgumentException>("policy", () => ApprovalStatement.Activate("a b", A, null, R, "d", 1));
        Assert.Throws<ArgumentException>("previous", () => ApprovalStatement.Activate("a", A, A, R, "d", 1));
        Assert.Throws<ArgumentException>("digest", () => ApprovalStatement.ChangeRoster(A, A, "d", 1));
        Assert.Throws<ArgumentException>("daemon", () => ApprovalStatement.Activate("a", A, null, R, "", 1));
        Assert.Throws<ArgumentException>("daemon", () => ApprovalStatement.Activate("a", A, null, R, "d\naction: x", 1));
        Assert.Throws<ArgumentException>("expires", () => ApprovalStatement.Activate("a", A, null, R, "d", 0));
        Assert.Throws<ArgumentException>("expires", () => ApprovalStatement.Activate("a", A, null, R, "d", 253_402_300_800));
        Assert.False(ApprovalStatement.TryParse(new string('x', 2_000), out _, out _));
        Assert.False(ApprovalStatement.TryParse("", out _, out _));
    }
}
