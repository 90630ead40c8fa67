using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>The vectors of proto/spec/scope.md and proto/spec/policy.md. Their payloads are made by viem.</summary>
public class ScopeVectorTests
{
    private static readonly string[] s_files =
    [
        "scope.json",
        "scope-choices.json",
        "scope-containers.json",
        "scope-counting.json",
        "scope-messages.json",
        "scope-user-operations.json",
    ];

    public static TheoryData<string, string> Names()
    {
        var names = new TheoryData<string, string>();
        foreach (var file in s_files)
        {
            foreach (var vector in Read(file).GetProperty("vectors").EnumerateArray())
            {
                names.Add(file, vector.GetProperty("name").GetString()!);
            }
        }
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_decided_as_the_specification_says(string file, string name)
    {
        var document = Read(file);
        Assert.True(Scope.TryParse(Utf8(document.GetProperty("scope")), out var scope, out var faults), string.Join('\n', faults));
        Assert.Equal(document.GetProperty("effective_scope_hash").GetString(), new EffectiveScope(scope!, null).Hash.ToString());
        var vector = document
            .GetProperty("vectors")
            .EnumerateArray()
            .Single(candidate => candidate.GetProperty("name").GetString() == name);
        var compiled = CompiledScope.Compile("ceiling", scope!);
        if (vector.TryGetProperty("undecodable", out var fault))
        {
            var text = Encoding.UTF8.GetBytes(vector.GetProperty("message").GetString()!);
            Assert.False(MessagePayload.TryParse(text, out _, out var found));
            Assert.Equal(fault.GetString(), found);
            return;
        }
        var debits = new DebitBuffer();
        var decision = compiled.Evaluate(Payload(vector), vector.GetProperty("now").GetInt64(), debits, Session(vector));
        if (vector.TryGetProperty("denial", out var denial))
        {
            Assert.False(decision.IsAllowed);
            string[] actual = [$"{decision.Denial.Reason}", decision.Denial.Rule, decision.Denial.Observed, decision.Denial.Limit];
            Assert.Equal([.. denial.EnumerateArray().Select(text => text.GetString()!)], actual);
        }
        else
        {
            Assert.Equal(vector.GetProperty("allowed_by").GetString(), decision.AllowedBy);
            var expected = vector.GetProperty("debits").EnumerateObject().Select(debit => $"{debit.Name} {debit.Value.GetString()}");
            Assert.Equal(expected, debits.Items.ToArray().Select(debit => $"{compiled.Budgets[debit.Budget].Name} {debit.Amount}"));
        }
    }

    [Theory]
    [InlineData("scope-choices.json")]
    [InlineData("scope-containers.json")]
    public void A_changed_byte_is_decided_without_an_exception(string file)
    {
        var document = Read(file);
        Assert.True(Scope.TryParse(Utf8(document.GetProperty("scope")), out var scope, out _));
        var compiled = CompiledScope.Compile("ceiling", scope!);
        var random = new Random(7);
        var debits = new DebitBuffer();
        foreach (var vector in document.GetProperty("vectors").EnumerateArray())
        {
            if (Payload(vector) is not TransactionPayload { Transaction: { Data.Length: < 4_000 } transaction })
            {
                continue;
            }
            for (var i = 0; i < 100; i++)
            {
                var data = transaction.Data.ToArray();
                data[random.Next(data.Length)] ^= (byte)(1 << random.Next(8));
                var changed = new TransactionBuilder { To = transaction.To.ToString(), Data = "0x" + Convert.ToHexStringLower(data) };
                var decision = compiled.Evaluate(changed.Build(), ScopeBuilder.Now, debits);
                Assert.True(decision.IsAllowed || (decision.Denial.Reason != DenialReason.Unspecified && debits.Count == 0));
            }
        }
    }

    [Fact]
    public void A_policy_has_the_digest_that_the_specification_says()
    {
        var document = Read("policy.json");
        Assert.True(Policy.TryParse(Utf8(document.GetProperty("policy")), out var policy, out var faults), string.Join('\n', faults));
        Assert.Equal(document.GetProperty("canonical").GetString(), policy.CanonicalJson);
        Assert.Equal(document.GetProperty("digest").GetString(), policy.Digest.ToString());
        Assert.Empty(PolicyLint.Check(policy));
    }

    private static SigningPayload Payload(JsonElement vector)
    {
        if (vector.TryGetProperty("typed_data", out var typed))
        {
            Assert.True(TypedData.TryParse(Utf8(typed), out var data, out var fault), fault);
            return new TypedDataPayload(data!);
        }
        if (vector.TryGetProperty("user_operation", out var operation))
        {
            var payload = UserOperations.Payload(JsonNode.Parse(operation.GetRawText())!.AsObject());
            Assert.Equal(vector.GetProperty("user_operation_hash").GetString(), payload.Operation.Hash.ToString());
            Assert.Equal(vector.GetProperty("digest").GetString(), payload.Digest.ToString());
            return payload;
        }
        if (vector.TryGetProperty("message", out var message))
        {
            Assert.True(MessagePayload.TryParse(Encoding.UTF8.GetBytes(message.GetString()!), out var text, out var fault), fault);
            Assert.Equal(vector.GetProperty("digest").GetString(), text!.Digest.ToString());
            return text;
        }
        if (vector.TryGetProperty("digest", out var digest))
        {
            return DigestPayload.Parse(Convert.FromHexString(digest.GetString()!.AsSpan(2)))!;
        }
        var bytes = Convert.FromHexString(vector.GetProperty("transaction").GetString()!.AsSpan(2));
        Assert.True(UnsignedTransaction.TryDecode(bytes, out var transaction, out var reason), reason);
        return new TransactionPayload(transaction!);
    }

    private static SessionFacts Session(JsonElement vector)
    {
        if (vector.TryGetProperty("session_account", out var text))
        {
            Assert.True(Address.TryParseChecksummed(text.GetString(), out var account));
            return new SessionFacts(default, long.MaxValue, account);
        }
        if (!vector.TryGetProperty("session", out var session))
        {
            return default;
        }
        Assert.True(Address.TryParseChecksummed(session.GetProperty("address").GetString(), out var address));
        return new SessionFacts(address, session.GetProperty("not_after").GetInt64());
    }

    private static byte[] Utf8(JsonElement element) => Encoding.UTF8.GetBytes(element.GetRawText());

    private static JsonElement Read(string file, [CallerFilePath] string thisFile = "") =>
        JsonDocument
            .Parse(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../proto/spec/vectors", file)))
            .RootElement;
}
