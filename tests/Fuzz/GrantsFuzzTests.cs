using System.Text;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Grants;
using Xunit.Abstractions;

namespace Fuzz;

/// <summary>Scopes, grants and approvals.</summary>
public class GrantsFuzzTests(ITestOutputHelper output)
{
    private const long Now = 1_700_000_100;

    [Fact]
    public void Scopes() => new Fuzzer("scopes", Corpus.Scopes, ReadScope, output).Run();

    [Fact]
    public void Grants() => new Fuzzer("grants", [.. Corpus.Grants, Faulty()], ReadGrant, output).Run();

    [Fact]
    public void Rosters() => new Fuzzer("rosters", [Corpus.Roster], ReadRoster, output).Run();

    [Fact]
    public void Public_keys() => new Fuzzer("public keys", Corpus.PublicKeys, ReadPublicKey, output).Run();

    [Fact]
    public void Signatures() => new Fuzzer("signatures", Corpus.Signatures, ReadSignature, output).Run();

    [Fact]
    public void Approval_statements() => new Fuzzer("statements", Corpus.Statements, ReadStatement, output).Run();

    // Found here: more faults than are kept, before the part that is no object.
    private static byte[] Faulty()
    {
        var unknown = string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"{i}\":1"));
        return Encoding.UTF8.GetBytes("{\"scope\":{\"version\":1,\"ceiling\":{" + unknown + "},\"narrowing\":\"\"}}");
    }

    private static string? ReadScope(byte[] input)
    {
        if (!Scope.TryParse(input, out var scope, out var faults) || !CompiledScope.TryCompile("ceiling", scope!, out _, out faults))
        {
            return string.Join('\n', faults);
        }
        var canonical = scope!.ToCanonicalJson();
        Assert.True(Scope.TryParse(Encoding.UTF8.GetBytes(canonical), out var again, out faults), string.Join('\n', faults));
        Assert.Equal(canonical, again!.ToCanonicalJson());
        Assert.True(CompiledScope.TryCompile("ceiling", again, out _, out faults), string.Join('\n', faults));
        return null;
    }

    private static string? ReadGrant(byte[] input)
    {
        // Whatever the form, a verifier answers.
        var verification = GrantVerifier.Verify(input, "https://exchange.example", Now, null);
        if (!GrantCodec.TryParse(input, out var grant, out var fault))
        {
            Assert.NotEmpty(verification.Faults);
            return fault;
        }
        if (grant!.Scope.Hash != grant.Signed.Grant.ScopeHash)
        {
            Assert.NotEmpty(verification.Faults);
            return null;
        }
        var written = GrantCodec.ToJson(grant.Signed, grant.Scope);
        Assert.True(GrantCodec.TryParse(Encoding.UTF8.GetBytes(written), out var again, out fault), fault);
        Assert.Equal(GrantCodec.Digest(grant.Signed.Grant), GrantCodec.Digest(again!.Signed.Grant));
        Assert.Equal(written, GrantCodec.ToJson(again.Signed, again.Scope));
        return null;
    }

    private static string? ReadRoster(byte[] input)
    {
        if (!ApproverRoster.TryParse(input, out var roster, out var faults))
        {
            return string.Join('\n', faults);
        }
        Assert.True(
            ApproverRoster.TryParse(Encoding.UTF8.GetBytes(roster.CanonicalJson), out var again, out faults),
            string.Join('\n', faults)
        );
        Assert.Equal((roster.CanonicalJson, roster.Digest, roster.Threshold), (again.CanonicalJson, again.Digest, again.Threshold));
        Assert.InRange(roster.Threshold, 1, roster.Approvers.Count);
        Assert.Equal(roster.Approvers.Count, roster.Approvers.Select(approver => approver.Key).Distinct().Count());
        return null;
    }

    private static string? ReadPublicKey(byte[] input)
    {
        var line = Encoding.UTF8.GetString(input);
        if (!OpenSshPublicKey.TryParse(line, out var key, out var fault))
        {
            return fault;
        }
        Assert.Equal(line, key.ToString());
        return null;
    }

    private static string? ReadSignature(byte[] input)
    {
        if (!OpenSshSignature.TryParse(Encoding.UTF8.GetString(input), out var signature, out var fault))
        {
            return fault;
        }
        // It answers, whatever the numbers in it; nothing signed this message.
        Assert.False(signature.Verify("nobody signed this"u8, signature.Namespace, requireUserVerification: false).IsValid);
        return null;
    }

    private static string? ReadStatement(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (!ApprovalStatement.TryParse(text, out var statement, out var fault))
        {
            return fault;
        }
        Assert.Equal(text, statement.Text);
        Assert.Equal(input, statement.Utf8.ToArray());
        return null;
    }
}
