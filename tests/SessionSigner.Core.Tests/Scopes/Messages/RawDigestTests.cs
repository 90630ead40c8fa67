using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

public class RawDigestTests
{
    private const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

    [Fact]
    public void Is_signed_only_if_a_permission_says_so()
    {
        var scope = ScopeBuilder.CompileDocument(Document("""{"rates":[{"max":1,"window_seconds":1}]}"""));
        Assert.Equal("ceiling.permissions[1]", scope.Ask(Digest(new string('1', 64))!).AllowedBy);
        var denial = ScopeBuilder.Compile(ScopeBuilder.Call("f()")).Refusal(Digest(new string('1', 64))!);
        Assert.Equal((DenialReason.DigestNotAllowed, "ceiling.permissions"), (denial.Reason, denial.Rule));
    }

    [Theory]
    [InlineData("""{"rates":[{"max":1,"window_seconds":1}]}""", true)]
    [InlineData("""{"max_signatures":1}""", true)]
    [InlineData("""{"rates":[]}""", false)]
    [InlineData("{}", false)]
    public void Needs_a_bound_on_counts(string bounds, bool isWell)
    {
        var utf8 = Encoding.UTF8.GetBytes(Document(bounds).ToJsonString());
        Assert.Equal(isWell, Grants.Scope.TryParse(utf8, out _, out var faults));
        Assert.Equal(
            isWell ? [] : ["permissions: A scope with raw_digest must have rates or max_signatures: nothing else bounds it."],
            faults
        );
    }

    [Fact]
    public void The_first_permission_allows_and_is_told()
    {
        var second = Permission();
        second["name"] = "other";
        var document = ScopeBuilder.Document(ScopeBuilder.Call("f()"), Permission(), second);
        document["max_signatures"] = 1;
        var digest = Digest(new string('1', 64))!;
        var (decision, trace) = TracePropertyTests.Explain(ScopeBuilder.CompileDocument(document), digest);
        Assert.Equal(("ceiling.permissions[1]", "ceiling.permissions[1]"), (decision.AllowedBy, trace.Steps.Single().Permission));
        Assert.Equal(
            new Denial(DenialReason.DigestNotAllowed, "ceiling.permissions", "a digest", "a permission of kind raw_digest"),
            ScopeBuilder.Compile(ScopeBuilder.Call("f()")).Refusal(digest)
        );
    }

    [Theory]
    [InlineData("constraints", "[]")]
    [InlineData("meters", "[]")]
    [InlineData("targets", "[]")]
    [InlineData("chain", "\"1\"")]
    public void Has_no_conditions(string member, string value)
    {
        var document = Document("""{"max_signatures":1}""");
        document["permissions"]![1]![member] = JsonNode.Parse(value);
        Assert.False(Grants.Scope.TryParse(Encoding.UTF8.GetBytes(document.ToJsonString()), out _, out var faults));
        Assert.StartsWith($"permissions[1].{member}:", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(200)]
    [InlineData(65_536)]
    public void Is_exactly_32_bytes(int length)
    {
        Assert.Null(DigestPayload.Parse([.. Enumerable.Repeat((byte)1, length)]));
        var error = Assert.Throws<SignerException>(() =>
            SignRequest.CheckBody(PayloadKind.Digest, Enumerable.Repeat((byte)1, length).ToArray())
        );
        Assert.Equal((ErrorCode.InvalidRequest, "digest"), (error.Code, error.Field));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", true)]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", true)]
    [InlineData(Order, false)]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142", false)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", false)]
    public void Is_neither_zero_nor_another_one_s_equal(string hex, bool isDigest)
    {
        Assert.Equal(isDigest, Digest(hex) is not null);
        var decoded = PayloadDecoder.Decode(PayloadKind.Digest, Convert.FromHexString(hex));
        Assert.Equal(isDigest, decoded.IsDecoded);
        Assert.True(isDigest || decoded.Denial is { Reason: DenialReason.Undecodable, Rule: "payload.digest" });
    }

    [Fact]
    public void Lint_shouts_first()
    {
        var document = PolicyBuilder.Document(ScopeBuilder.Call("f()"), Permission());
        document["ceiling"]!.AsObject().Remove("max_signatures");
        document["max_lifetime_seconds"] = 30 * 86_400;
        var warnings = PolicyLint.Check(PolicyBuilder.Parse(document));
        Assert.StartsWith("DANGER: ceiling.permissions[1]: raw_digest signs ANY 32 bytes.", warnings[0], StringComparison.Ordinal);
        Assert.Single(warnings, warning => warning.StartsWith(PolicyLint.Danger, StringComparison.Ordinal));
        Assert.True(warnings.Count > 2);
    }

    private static DigestPayload? Digest(string hex) => DigestPayload.Parse(Convert.FromHexString(hex));

    private static JsonObject Permission() => new() { ["name"] = "any", ["kind"] = "raw_digest" };

    private static JsonObject Document(string bounds)
    {
        var document = ScopeBuilder.Document(ScopeBuilder.Call("f()"), Permission());
        foreach (var (name, value) in JsonNode.Parse(bounds)!.AsObject())
        {
            document[name] = value!.DeepClone();
        }
        return document;
    }
}
